namespace CoLink.Observability.Registry;

/// <summary>
/// Something that is being measured until it is disposed: a time that runs, or a piece of work in progress. It may cross an await and
/// be disposed on another thread. Disposing it twice, or a copy of it, changes nothing.
/// </summary>
public readonly struct MetricScope : IDisposable
{
    private readonly Measurement? _measurement;
    private readonly long _ticket;

    internal MetricScope(Measurement measurement, long ticket)
    {
        _measurement = measurement;
        _ticket = ticket;
    }

    /// <summary>Ends the measurement and records it.</summary>
    public void Dispose() => _measurement?.End(_ticket);
}
