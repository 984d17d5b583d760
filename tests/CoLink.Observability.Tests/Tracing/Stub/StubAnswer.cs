namespace CoLink.Observability.Tests.Tracing.Stub;

/// <summary>What the collector does with an export.</summary>
internal sealed record StubAnswer
{
    /// <summary>Takes it.</summary>
    public static StubAnswer Take { get; } = new();

    /// <summary>Takes it and never says so.</summary>
    public static StubAnswer Stall { get; } = new() { Stalls = true };

    /// <summary>Ends the connection instead of an answer.</summary>
    public static StubAnswer Cut { get; } = new() { Cuts = true };

    /// <summary>Sends half an answer, and no more.</summary>
    public static StubAnswer StallInTheMiddle { get; } = new() { StallsInTheMiddle = true };

    public int HttpStatus { get; init; } = 200;

    public int GrpcStatus { get; init; }

    /// <summary>The body of an HTTP answer, the message of a gRPC one.</summary>
    public string Message { get; init; } = "";

    public long Rejected { get; init; }

    public bool Stalls { get; init; }

    public bool StallsInTheMiddle { get; init; }

    public bool Cuts { get; init; }

    public bool IsTaken => HttpStatus == 200 && GrpcStatus == 0 && !Cuts;

    public static StubAnswer Refuse(int http, int grpc, string message = "no") => new() { HttpStatus = http, GrpcStatus = grpc, Message = message };

    public static StubAnswer Partly(long rejected, string message) => new() { Rejected = rejected, Message = message };
}
