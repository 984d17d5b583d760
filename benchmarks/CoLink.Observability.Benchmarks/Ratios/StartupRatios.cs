using System.Globalization;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>What the one call adds to the start of a web application, code compilation included: fresh processes in turn.</summary>
internal static class StartupRatios
{
    private const int Rounds = 9;
    private const double BudgetMilliseconds = 100;

    public static IEnumerable<Row> Measure()
    {
        var (bare, ours) = (new List<Measurement>(), new List<Measurement>());
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(Once(StartupChild.Bare));
            ours.Add(Once(StartupChild.Ours));
        }

        var (without, with) = (Measurement.Median(bare), Measurement.Median(ours));
        var added = with.Nanoseconds - without.Nanoseconds;
        yield return new Row("start-up", "+" + Row.Milliseconds(added), "", Row.Milliseconds(without.Nanoseconds), null, "≤ 100 ms", added <= BudgetMilliseconds * 1e6);
    }

    private static Measurement Once(string who)
    {
        using var child = Child.Start(warmsUp: false, StartupChild.Verb, who);
        var milliseconds = double.Parse(child.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        child.WaitForExit();
        return new Measurement(milliseconds * 1e6, 0);
    }
}
