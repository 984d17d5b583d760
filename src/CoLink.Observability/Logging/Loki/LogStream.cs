namespace CoLink.Observability.Logging.Loki;

/// <param name="labels">As a JSON object.</param>
internal sealed class LogStream(byte[] labels)
{
    private const long Second = 1_000_000_000;

    private long _last = long.MinValue;

    public ReadOnlyMemory<byte> Labels => labels;

    /// <summary>
    /// The time that an event made at this one has in its stream: Loki ignores an entry like another of the same time, so no two have
    /// the same, and each is behind the one before. More than a second back is a clock that was changed, and is believed.
    /// </summary>
    public long Stamp(long nanoseconds)
    {
        if (nanoseconds <= _last && _last - nanoseconds < Second)
            nanoseconds = _last + 1;
        return _last = nanoseconds;
    }
}
