using System.Globalization;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>
/// What the one call adds to the start of a web application, code compilation included: fresh processes in turn. Reading the
/// routes builds their handlers, which an app without us does at its first request; so that request is a row too. The CPU, of all threads, is what a busy machine does not change.
/// </summary>
internal static class StartupRatios
{
    private const int Rounds = 9;
    private const double BudgetMilliseconds = 100;

    public static IEnumerable<Row> Measure()
    {
        var (bare, ours) = (new List<double[]>(), new List<double[]>());
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(Once(StartupChild.Bare));
            ours.Add(Once(StartupChild.Ours));
        }

        yield return Added("start-up, until it listens", 0, bare, ours);
        yield return Added("start-up, until it has answered once", 1, bare, ours);
        yield return Added("start-up, CPU until it has answered once", 2, bare, ours) with { Budget = "", Met = null };
    }

    private static Row Added(string work, int column, List<double[]> bare, List<double[]> ours)
    {
        var without = Measurement.Median([.. bare.Select(times => new Measurement(times[column] * 1e6, 0))]).Nanoseconds;
        var with = Measurement.Median([.. ours.Select(times => new Measurement(times[column] * 1e6, 0))]).Nanoseconds;
        var added = with - without;
        return new Row(work, "+" + Row.Milliseconds(added), "", Row.Milliseconds(without), null, "≤ 100 ms", added <= BudgetMilliseconds * 1e6);
    }

    private static double[] Once(string who)
    {
        using var child = Child.Start(warmsUp: false, StartupChild.Verb, who);
        // Ours writes its log lines there as well.
        var times = child.StandardOutput.ReadToEnd().Split('\n').First(line => char.IsAsciiDigit(line.FirstOrDefault())).Split(' ');
        child.WaitForExit();
        return [.. times.Select(time => double.Parse(time, CultureInfo.InvariantCulture))];
    }
}
