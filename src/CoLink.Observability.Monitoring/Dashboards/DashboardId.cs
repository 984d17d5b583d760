namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>A dashboard as links know it; the uid is fixed, since provisioned links rely on it.</summary>
/// <param name="PassesJob">Whether a link to it may say which service.</param>
internal sealed record DashboardId(string Uid, string Title, bool PassesJob)
{
    public static readonly DashboardId Overview = new("colink-overview", "CoLink Services Overview", true);
    public static readonly DashboardId Api = new("colink-api", "API Performance", true);
    public static readonly DashboardId Database = new("colink-database", "Database Monitoring", true);
    public static readonly DashboardId Kafka = new("colink-kafka", "Kafka Monitoring", false);
    public static readonly DashboardId Business = new("colink-business", "Business Metrics", true);
    public static readonly DashboardId Slo = new("colink-slo", "SLO Detail", true);
    public static readonly DashboardId Health = new("colink-monitoring-health", "Monitoring Health", false);

    public static readonly DashboardId[] All = [Overview, Api, Database, Kafka, Business, Slo, Health];
}
