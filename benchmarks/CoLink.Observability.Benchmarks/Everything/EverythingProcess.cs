using System.Diagnostics;
using System.Globalization;
using CoLink.Observability.Benchmarks.Ratios;

namespace CoLink.Observability.Benchmarks.Everything;

/// <summary>One setup in a process of its own, which rests until it is its turn, with a receiver of its own in this one.</summary>
internal sealed class EverythingProcess : IDisposable
{
    private readonly Setup _setup;
    private readonly Receiver _receiver = new();
    private readonly Process _process;
    private long _lines;
    private long _spansBefore;

    public EverythingProcess(Setup setup)
    {
        _setup = setup;
        _process = Child.Start(
            warmsUp: true, EverythingChild.Verb, setup.Wiring.ToString(), setup.Signals.ToString(), setup.Ratio.ToString(CultureInfo.InvariantCulture), _receiver.Collector.AbsoluteUri, _receiver.Loki.AbsoluteUri);
    }

    public void Ask(int requests)
    {
        _spansBefore = _receiver.Spans;
        _lines += _setup.Signals.HasFlag(Signals.Logs) ? requests : 0;
        _process.StandardInput.WriteLine(requests.ToString(CultureInfo.InvariantCulture));
        _process.StandardInput.Flush();
    }

    /// <returns>Null where spans were dropped: on a busy machine what exports them is left behind, and what is dropped costs nothing.</returns>
    public Measurement? Answer(int requests)
    {
        var turn = Measurement.Parse(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The process of {_setup} ended; its error is above."));
        var (spans, wanted) = (_receiver.Spans - _spansBefore, _setup.Signals.HasFlag(Signals.Traces) ? requests * _setup.Ratio : 0);

        // By hand each push of lines is a span of HttpClient's.
        return spans < wanted ? null : spans <= wanted * 1.01 ? turn : throw new InvalidOperationException($"{_setup}: {spans} spans of {wanted}.");
    }

    /// <exception cref="InvalidOperationException">Not all lines have arrived.</exception>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(20)))
            _process.Kill();
        _process.Dispose();
        if (_receiver.Lines < _lines)
            throw new InvalidOperationException($"{_setup}: {_receiver.Lines} lines of {_lines}: what is measured is not what was meant.");
        _receiver.Dispose();
    }
}
