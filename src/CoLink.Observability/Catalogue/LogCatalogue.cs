namespace CoLink.Observability.Catalogue;

/// <summary>What the logs say about themselves.</summary>
internal static class LogCatalogue
{
    private const string Client = "the Loki client, where `Logging:Loki:Url` is set";
    private const string Spool = "the spool, where `Logging:Loki:SpoolDirectory` is set";

    /// <summary>Every result of a push, also those that have not been seen: a timeout is no status, and no status is a network's failure.</summary>
    public static readonly MetricLabel PushResult = MetricLabel.OneOf("result", "2xx", "3xx", "4xx", "5xx", "timeout", "network");

    public static readonly MetricDefinition Emitted = new(
        "colink_telemetry_log_events_emitted_total", MetricKind.Counter, "Log events handed to the Loki client.")
    { FilledBy = Client };

    public static readonly MetricDefinition Adopted = new(
        "colink_telemetry_log_events_adopted_total", MetricKind.Counter, "Log events taken over from the spool of a process that is gone.")
    { FilledBy = Client };

    public static readonly MetricDefinition Events = new(
        "colink_telemetry_log_events_total", MetricKind.Counter, "Log events, by their fate.",
        MetricLabel.OneOf("outcome", "delivered", "rejected", "oversized", "dropped_queue", "dropped_spool", "dropped_shutdown"))
    { FilledBy = Client };

    public static readonly MetricDefinition Held = new(
        "colink_telemetry_log_events_held", MetricKind.Gauge, "Log events that have met no fate yet, by where they wait.",
        MetricLabel.OneOf("place", "queue", "in_flight", "spool"))
    { FilledBy = Client };

    public static readonly MetricDefinition Pushes = new(
        "colink_telemetry_log_pushes_total", MetricKind.Counter, "Pushes to Loki, by their result.", PushResult)
    { FilledBy = Client };

    public static readonly MetricDefinition PushDuration = new(
        "colink_telemetry_log_push_duration_seconds", MetricKind.Histogram, "Time of a push to Loki, by its result.", PushResult)
    { Buckets = Buckets.PushSeconds, FilledBy = Client };

    public static readonly MetricDefinition Rejected = new(
        "colink_telemetry_log_events_rejected_total", MetricKind.Counter, "Log events that Loki refused or would refuse, by the reason.",
        MetricLabel.OneOf("reason", "refused", "too_old", "too_new", "too_long", "labels"))
    { FilledBy = Client };

    public static readonly MetricDefinition SpoolBytes = new(
        "colink_telemetry_log_spool_bytes", MetricKind.Gauge, "Size of the log spool.")
    { FilledBy = Spool };

    public static readonly MetricDefinition SpoolMaxBytes = new(
        "colink_telemetry_log_spool_max_bytes", MetricKind.Gauge, "Size at which the log spool drops its oldest.")
    { FilledBy = Spool };

    public static readonly MetricDefinition OldestHeld = new(
        "colink_telemetry_log_oldest_held_seconds", MetricKind.Gauge, "Age of the oldest log event that has met no fate yet; 0 where there is none.")
    { FilledBy = Client };

    public static readonly MetricDefinition ConsoleEvents = new(
        "colink_telemetry_console_events_total", MetricKind.Counter, "Log events for standard output, by their fate.", MetricLabel.OneOf("outcome", "written", "dropped"))
    { FilledBy = "the console, unless `Logging:Console` is None" };

    public static readonly MetricDefinition[] All =
        [Emitted, Adopted, Events, Held, Pushes, PushDuration, Rejected, SpoolBytes, SpoolMaxBytes, OldestHeld, ConsoleEvents];
}
