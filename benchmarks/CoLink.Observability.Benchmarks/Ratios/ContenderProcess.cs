using System.Diagnostics;
using System.Globalization;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>
/// One contender in a process of its own, which rests until it is asked for a round. So listeners that see a whole process cannot
/// cost another contender anything, and rounds can still alternate within milliseconds.
/// </summary>
internal sealed class ContenderProcess(Contender contender, bool sampled, int series) : IDisposable
{
    private readonly Process _process = Child.Start(ContenderChild.Verb, contender.ToString(), sampled.ToString(), series.ToString(CultureInfo.InvariantCulture));

    public Measurement Round(string path, int requests)
    {
        Ask(path, requests);
        return Answer();
    }

    public void Ask(string path, int requests)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path} {requests}"));
        _process.StandardInput.Flush();
    }

    public Measurement Answer()
    {
        var answer = _process.StandardOutput.ReadLine()?.Split(' ')
            ?? throw new InvalidOperationException($"The process of {contender} ended; its error is above.");
        return new Measurement(double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill();
        _process.Dispose();
    }
}
