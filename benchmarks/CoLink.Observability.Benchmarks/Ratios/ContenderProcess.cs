using System.Diagnostics;
using System.Globalization;
using CoLink.Observability.Benchmarks.Pipeline;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>
/// One contender in a process of its own, which rests until it is its turn. So listeners that see a whole process cannot
/// cost another contender anything, and turns can still alternate within milliseconds.
/// </summary>
internal sealed class ContenderProcess(Contender contender, bool sampled, int series) : IDisposable
{
    private readonly Process _process = Child.Start(warmsUp: true, ContenderChild.Verb, contender.ToString(), sampled.ToString(), series.ToString(CultureInfo.InvariantCulture));

    public Measurement Turn(string path)
    {
        Ask(path);
        return Answer();
    }

    public void Ask(string path)
    {
        _process.StandardInput.WriteLine(path);
        _process.StandardInput.Flush();
    }

    public Measurement Answer() => Measurement.Parse(
        _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The process of {contender} ended; its error is above."));

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill();
        _process.Dispose();
    }
}
