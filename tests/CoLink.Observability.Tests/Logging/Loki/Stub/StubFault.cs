namespace CoLink.Observability.Tests.Logging.Loki.Stub;

/// <summary>What the stub does with a push instead of answering as Loki would.</summary>
internal sealed record StubFault
{
    /// <summary>The connection ends before the body was read.</summary>
    public static readonly StubFault CutBefore = new() { IsCut = true };

    /// <summary>It takes the push, and the connection ends before the answer.</summary>
    public static readonly StubFault CutAfter = new() { IsCut = true, Stores = true };

    /// <summary>No answer, until the client gives up.</summary>
    public static readonly StubFault Hang = new() { Hangs = true };

    /// <summary>It takes the push and then does not answer.</summary>
    public static readonly StubFault TakeAndHang = new() { Hangs = true, Stores = true };

    public int Status { get; private init; }

    public string Text { get; private init; } = "";

    public IReadOnlyDictionary<string, string> Headers { get; private init; } = new Dictionary<string, string>();

    public bool Stores { get; private init; }

    public bool IsCut { get; private init; }

    public bool Hangs { get; private init; }

    public static StubFault Answer(int status, string text = "") => new() { Status = status, Text = text };

    public static StubFault Later(int status, string retryAfter) => new() { Status = status, Text = "later", Headers = new Dictionary<string, string> { ["Retry-After"] = retryAfter } };

    public static StubFault Redirect(string location) => new() { Status = 307, Headers = new Dictionary<string, string> { ["Location"] = location } };

    /// <summary>It says that as well.</summary>
    public StubFault With(string header, string value) => this with { Headers = new Dictionary<string, string>(Headers) { [header] = value } };

    /// <summary>It takes the push, and says something else.</summary>
    public StubFault AfterStoring() => this with { Stores = true };
}
