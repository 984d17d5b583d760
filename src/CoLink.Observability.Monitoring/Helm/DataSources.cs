using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Helm;

/// <summary>Grafana's sources, joined: from an exemplar to its trace, from a span to its lines, from a line to its trace.</summary>
internal static class DataSources
{
    public const string Prometheus = "prometheus";
    public const string Loki = "loki";
    public const string Tempo = "tempo";

    /// <summary>The label of an exemplar that holds its trace.</summary>
    public const string TraceLabel = "trace_id";

    public static Map OfPrometheus(string url) => new()
    {
        { "name", "Prometheus" },
        { "uid", Prometheus },
        { "type", "prometheus" },
        { "access", "proxy" },
        { "url", url },
        { "isDefault", true },
        { "jsonData", new Map { { "httpMethod", "POST" }, { "exemplarTraceIdDestinations", new[] { new Map { { "name", TraceLabel }, { "datasourceUid", Tempo } } } } } },
    };

    /// <param name="dollar">A dollar sign; the provisioning of Grafana takes a single one for a variable of the environment.</param>
    public static IReadOnlyList<Map> OfLogsAndTraces(string dollar) =>
    [
        new()
        {
            { "name", "Loki" },
            { "uid", Loki },
            { "type", "loki" },
            { "access", "proxy" },
            { "url", Url(Backends.Loki) },
            { "jsonData", new Map
            {
                { "derivedFields", new[]
                {
                    new Map
                    {
                        { "name", TraceLabel },
                        { "matcherRegex", "\"trace_id\":\"(\\w+)\"" },
                        { "datasourceUid", Tempo },
                        { "url", dollar + "{__value.raw}" },
                    },
                } },
            } },
        },
        new()
        {
            { "name", "Tempo" },
            { "uid", Tempo },
            { "type", "tempo" },
            { "access", "proxy" },
            { "url", Url(Backends.Tempo) },
            { "jsonData", new Map
            {
                { "tracesToLogsV2", new Map
                {
                    { "datasourceUid", Loki },
                    { "spanStartTimeShift", "-5m" },
                    { "spanEndTimeShift", "5m" },
                    { "tags", new[] { new Map { { "key", "service.name" }, { "value", "app" } } } },
                    { "filterByTraceID", true },
                } },
                { "tracesToMetrics", new Map
                {
                    { "datasourceUid", Prometheus },
                    { "tags", new[] { new Map { { "key", "service.name" }, { "value", "job" } } } },
                } },
            } },
        },
    ];

    public static string Url(Exporter exporter) => $"http://{exporter.Job}:{exporter.Port}";
}
