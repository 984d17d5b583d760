using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>The matchers of panels: what the variables at the top say.</summary>
internal static class Selectors
{
    public const string Place = "cluster=~\"$cluster\",namespace=~\"$namespace\"";

    /// <summary>Recorded series, which are of a service and not of an instance.</summary>
    public const string OfService = Place + ",job=~\"$job\"";

    public const string OfInstance = OfService + ",instance=~\"$instance\"";

    /// <summary>The range of a rate: Grafana's, at least four scrapes long and as wide as a pixel.</summary>
    public const string Window = "[$__rate_interval]";

    private const string Cluster = "cluster";
    private const string Namespace = "namespace";
    private const string Endpoint = "endpoint";
    private const string Method = "method";

    /// <summary>An exporter of a store. The job is part of it: the services have metrics of the same name.</summary>
    public static string Of(Exporter exporter) => $"{Place},job=\"{exporter}\"";

    /// <summary>Cluster, namespace, job and instance. On a series without the label an empty value must match, hence <c>.*</c> for the first two.</summary>
    /// <param name="jobs">The series whose jobs and instances can be chosen, up to its closing brace.</param>
    public static Variable[] Variables(string jobs) =>
    [
        new("cluster", Cluster, Scraped.Up.Name, "Cluster", false, ".*"),
        new("namespace", Namespace, $$"""{{Scraped.Up}}{cluster=~"$cluster"}""", "Namespace", false, ".*"),
        new("job", "job", $$"""{{jobs}}}""", "Job", true, ".+"),
        new("instance", "instance", $$"""{{jobs}},job=~"$job"}""", "Instance", true, ".+"),
    ];

    /// <summary>The services' own.</summary>
    public static Variable[] OfServices(RuleContext context) => Variables($"{Scraped.Up}{{{Place},{context.Jobs}");

    public static readonly Variable[] Requests =
    [
        new("method", Method, $$"""{{HttpCatalogue.Requests.Name}}{{{OfInstance}}}""", "Method", true, ".+"),
        new("endpoint", Endpoint, $$"""{{HttpCatalogue.Requests.Name}}{{{OfInstance}},method=~"$method"}""", "Endpoint", true, ".+"),
    ];

    /// <summary>What the two variables of requests say.</summary>
    public const string Chosen = "method=~\"$method\",endpoint=~\"$endpoint\"";
}
