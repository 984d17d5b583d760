namespace CoLink.Observability.Tests.Logging.Loki.Stub;

/// <param name="Labels">In the order of their names.</param>
/// <param name="Entries">As they came.</param>
internal sealed record StubStream(SortedDictionary<string, string> Labels, IReadOnlyList<StubEntry> Entries)
{
    /// <summary>As Loki writes it in its answers.</summary>
    public string Name => "{" + string.Join(", ", Labels.Select(label => $"{label.Key}=\"{label.Value}\"")) + "}";
}

/// <param name="Nanoseconds">Since 1970.</param>
/// <param name="Line">The line.</param>
/// <param name="Metadata">The structured metadata.</param>
internal sealed record StubEntry(long Nanoseconds, string Line, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>What Loki's limits are about.</summary>
    public int Bytes => System.Text.Encoding.UTF8.GetByteCount(Line) + Metadata.Sum(pair => pair.Key.Length + pair.Value.Length);
}
