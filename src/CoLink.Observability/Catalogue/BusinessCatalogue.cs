namespace CoLink.Observability.Catalogue;

internal static class BusinessCatalogue
{
    private const string FilledBy = "`BusinessMetrics`, in services that resolve it";

    /// <summary>The label that names an operation; on its log lines the key of the same name.</summary>
    public const string Operation = "operation";

    private const string OperationsFilledBy = "`Operations`, in services that resolve it";

    public static readonly MetricLabel Outcome = MetricLabel.OneOf("outcome", "success", "failure");

    public static readonly MetricDefinition MessagesSent = new(
        "messages_sent_total", MetricKind.Counter, "Messages sent, by the type of the channel.",
        MetricLabel.OneOf("channel_type", "direct", "group", "channel", "thread"))
    { FilledBy = FilledBy };

    public static readonly MetricDefinition FileUploads = new(
        "file_uploads_total", MetricKind.Counter, "File uploads, by what was uploaded and how it ended.",
        MetricLabel.OneOf("category", "image", "video", "audio", "document", "archive", "other"), Outcome)
    { FilledBy = FilledBy };

    public static readonly MetricDefinition SearchQueries = new(
        "search_queries_total", MetricKind.Counter, "Search queries, by what was searched and how it ended.",
        MetricLabel.OneOf("scope", "messages", "files", "users", "channels", "all"), Outcome)
    { FilledBy = FilledBy };

    public static readonly MetricDefinition UserRegistrations = new(
        "user_registrations_total", MetricKind.Counter, "Users registered, by the way they came.",
        MetricLabel.OneOf("method", "password", "oauth", "sso", "invitation", "api"))
    { FilledBy = FilledBy };

    public static readonly MetricDefinition Operations = new(
        "operations_total", MetricKind.Counter, "Operations of the service's own, by how they ended.",
        Operation, Outcome)
    { FilledBy = OperationsFilledBy };

    public static readonly MetricDefinition OperationDuration = new(
        "operation_duration_seconds", MetricKind.Histogram, "Duration of the service's own operations, by how they ended.",
        Operation, Outcome)
    { Buckets = Buckets.RequestSeconds, Exemplars = true, FilledBy = OperationsFilledBy };

    /// <summary>What users do, counted by <c>BusinessMetrics</c>.</summary>
    public static readonly MetricDefinition[] Events = [MessagesSent, FileUploads, SearchQueries, UserRegistrations];

    public static readonly MetricDefinition[] All = [.. Events, Operations, OperationDuration];

    /// <summary>Whether every operation has this key without being told.</summary>
    public static bool IsOperationKey(string? name) => name == Operation || name == Outcome.Name;

    /// <summary>The count of one operation by labels of its own: a metric's labels are the same in all its series, so it is a metric of its own.</summary>
    public static MetricDefinition OperationsOf(string operation, MetricLabel[] labels) => new(
        $"{operation}_{Operations.Name}", MetricKind.Counter, $"Operations called {operation}, by their own labels and how they ended.", [.. labels, Outcome]);

    /// <summary>The duration of one operation by labels of its own.</summary>
    public static MetricDefinition OperationDurationOf(string operation, MetricLabel[] labels) => new(
        $"{operation}_{OperationDuration.Name}", MetricKind.Histogram, $"Duration of operations called {operation}, by their own labels and how they ended.", [.. labels, Outcome])
    { Buckets = OperationDuration.Buckets, Exemplars = true };
}
