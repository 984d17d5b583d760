namespace CoLink.Observability.Catalogue;

internal static class BusinessCatalogue
{
    private const string FilledBy = "`BusinessMetrics`, in services that resolve it";

    private static readonly MetricLabel Outcome = MetricLabel.OneOf("outcome", "success", "failure");

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
        "operation", Outcome)
    { Stability = MetricStability.Planned };

    public static readonly MetricDefinition OperationDuration = new(
        "operation_duration_seconds", MetricKind.Histogram, "Duration of the service's own operations.",
        "operation", Outcome)
    { Buckets = Buckets.RequestSeconds, Stability = MetricStability.Planned };

    public static readonly MetricDefinition[] All =
        [MessagesSent, FileUploads, SearchQueries, UserRegistrations, Operations, OperationDuration];
}
