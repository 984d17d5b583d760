namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>
/// A payload in the hands of whoever took it, until <see cref="LogSpool.Complete"/> or <see cref="LogSpool.GiveBack"/>. The first of
/// them counts; a second call changes nothing.
/// </summary>
internal sealed class SpoolPayload(SpoolSegment segment, int index, SpoolHeader header, ReadOnlyMemory<byte> body)
{
    public SpoolHeader Header => header;

    /// <summary>Empty for one that was written ahead: its writer has it.</summary>
    public ReadOnlyMemory<byte> Body => body;

    internal SpoolSegment Segment => segment;

    internal int Index => index;

    internal bool IsSettled { get; set; }
}
