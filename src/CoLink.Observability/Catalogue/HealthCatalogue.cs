namespace CoLink.Observability.Catalogue;

internal static class HealthCatalogue
{
    public static readonly MetricDefinition Status = new(
        "health_check_status", MetricKind.Gauge, "1 healthy, 0.5 degraded, 0 unhealthy, as of the check's last run.", "check")
    { FilledBy = "each run of the app's own health checks; the library starts none" };

    public static readonly MetricDefinition[] All = [Status];
}
