using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Platforms;

namespace CoLink.Observability.Monitoring.Documents;

/// <summary>How many series a replica of a service has, and how many it can have at most, counted from the catalogue.</summary>
internal static class Cardinality
{
    /// <summary>Beside its buckets a histogram has +Inf, a sum and a count.</summary>
    private const int BesideBuckets = 3;

    /// <summary>What Prometheus writes of every target: up, the duration and three counts of samples.</summary>
    public const int OfScrape = 5;

    /// <summary>The library's default of <c>Metrics:MaxSeriesPerMetric</c>.</summary>
    public const int Cap = 1000;

    private const string Sockets = "endpoint of sockets";

    /// <summary>What a service of medium size has; a table of the document shows it.</summary>
    public static readonly (string Label, int Values, string Why)[] Assumed =
    [
        ("endpoint", 30, "route templates of a service, each mostly for one method"),
        (Sockets, 2, "of the WebSocket metrics: routes that accept sockets"),
        ("status", 4, "statuses an endpoint answers with: 200, 400, 404, 500"),
        ("operation", 6, "kinds of commands to one database, and operations of the service's own"),
        ("database", 1, "databases of each system"),
        ("pool", 1, "pools to each database"),
        ("cache", 1, "caches that are read"),
        ("server", 1, "Redis servers"),
        ("topic", 3, "topics that are produced to or consumed"),
        ("consumergroup", 1, "consumer groups"),
        ("check", 5, "health checks"),
        ("metric", 60, "metrics that count their own series"),
    ];

    public static int Lines(MetricDefinition metric) => metric.Kind == MetricKind.Histogram ? metric.Buckets.Count + BesideBuckets : 1;

    /// <summary>Lines of a scrape that a replica of the service is expected to have.</summary>
    public static int Expected(Service service) => Of(service).Sum(metric => metric.Labels.Aggregate(1, (series, label) => series * Values(metric, label, service)) * Lines(metric)) + OfScrape;

    /// <summary>Lines of a scrape that the label guard lets a replica have, whatever its labels hold.</summary>
    public static int Most() => Filled(MetricCatalogue.All).Sum(metric => MostSeries(metric) * Lines(metric)) + OfScrape;

    private static IEnumerable<MetricDefinition> Of(Service service)
    {
        var dependencies = service.Dependencies;
        return Filled(MetricCatalogue.All)
            .Where(metric => Systems(service) > 0 || !DatabaseCatalogue.All.Contains(metric))
            .Where(metric => dependencies.Contains(Dependency.Redis) || !CacheCatalogue.All.Contains(metric))
            .Where(metric => dependencies.Contains(Dependency.Kafka) || !KafkaCatalogue.All.Contains(metric));
    }

    private static IEnumerable<MetricDefinition> Filled(IEnumerable<MetricDefinition> metrics) => metrics.Where(metric => metric.Stability == MetricStability.Stable);

    private static int Values(MetricDefinition metric, MetricLabel label, Service service) => label.Name switch
    {
        // An endpoint answers to one method.
        "method" when metric.Labels.Any(other => other.Name == "endpoint") => 1,
        "system" => Systems(service),
        "endpoint" when WebSocketCatalogue.All.Contains(metric) => Assumed.Single(assumed => assumed.Label == Sockets).Values,
        _ when Assumed.FirstOrDefault(assumed => assumed.Label == label.Name) is { Values: > 0 } assumed => assumed.Values,
        _ => Math.Max(label.Values.Count, 1),
    };

    private static int Systems(Service service) => service.Dependencies.Count(dependency => dependency is Dependency.PostgreSql or Dependency.MongoDb);

    private static int MostSeries(MetricDefinition metric) =>
        metric.Labels.All(label => label.IsBounded) ? Math.Min(Cap, metric.Labels.Aggregate(1, (series, label) => series * label.Values.Count)) : Cap;
}
