namespace CoLink.Observability.Tests.Tracing.Stub;

/// <summary>A span as a collector got it.</summary>
/// <param name="Resource">The attributes of its resource.</param>
/// <param name="Source">Whose span it is, by the name of the source.</param>
/// <param name="TraceId">In hex.</param>
/// <param name="SpanId">In hex.</param>
/// <param name="ParentId">In hex; empty for a root.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">1 internal, 2 server, 3 client, 4 producer, 5 consumer.</param>
/// <param name="Attributes">By name.</param>
/// <param name="Events">In their order.</param>
/// <param name="StatusCode">0 unset, 1 ok, 2 error.</param>
/// <param name="StatusMessage">What goes with an error.</param>
internal sealed record ReceivedSpan(
    IReadOnlyDictionary<string, object?> Resource,
    string Source,
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    int Kind,
    IReadOnlyDictionary<string, object?> Attributes,
    IReadOnlyList<ReceivedEvent> Events,
    int StatusCode,
    string StatusMessage)
{
    public const int Server = 2;
    public const int Client = 3;
    public const int Producer = 4;
    public const int Consumer = 5;

    /// <summary>In nanoseconds since 1970.</summary>
    public long Start { get; init; }

    /// <summary>In nanoseconds since 1970.</summary>
    public long End { get; init; }

    /// <summary>The spans it is linked to, each as its trace and its own id.</summary>
    public IReadOnlyList<(string TraceId, string SpanId)> Links { get; init; } = [];

    public object? this[string attribute] => Attributes.GetValueOrDefault(attribute);

    /// <summary>Every text of it, to search for what must not be there.</summary>
    public IEnumerable<string> Texts =>
    [
        Name, StatusMessage, .. Attributes.Values.Select(value => $"{value}"), .. Events.SelectMany(one => one.Attributes.Values.Select(value => $"{value}")),
    ];
}

/// <param name="Name">What happened.</param>
/// <param name="Attributes">By name.</param>
internal sealed record ReceivedEvent(string Name, IReadOnlyDictionary<string, object?> Attributes);
