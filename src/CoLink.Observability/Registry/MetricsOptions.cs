using System.ComponentModel.DataAnnotations;
using CoLink.Observability.Hosting.Validation;

namespace CoLink.Observability.Registry;

/// <summary>The metrics: where they are served, who may read them, and how many series a metric may have.</summary>
public sealed class MetricsOptions
{
    internal MetricsOptions()
    {
    }

    internal const string DefaultPath = "/metrics";
    internal const int DefaultMaxSeriesPerMetric = 1000;
    internal const int DefaultMaxConcurrentScrapes = 4;

    /// <summary>The port that workers, which have none of their own, serve their metrics on. It is the one OpenTelemetry's Prometheus exporters use.</summary>
    internal const int DefaultWorkerPort = 9464;

    /// <summary>Upper bound of a cap: a metric of a million series is a mistake, and a scrape of it would time out.</summary>
    private const int SeriesCeiling = 1_000_000;

    /// <summary>The path that answers a scrape. It is matched exactly, before any middleware of the app. Default: <c>/metrics</c>.</summary>
    [ScrapePath]
    public string Path { get; set; } = DefaultPath;

    /// <summary>
    /// A port of its own for the scrapes; the app's addresses are left alone and no longer answer the path. Default: none, the app's
    /// own port answers; in a worker, which has none, 9464. Cannot be combined with <see cref="Policy"/>.
    /// </summary>
    [Range(1, 65535, ErrorMessage = "a port number from 1 to 65535")]
    public int? Port { get; set; }

    /// <summary>A scrape must carry this token as <c>Authorization: Bearer</c>. Default: none. Combined with other guards, all must pass. A guard that is given and empty stops the host, lest a secret that was not found lets everyone in.</summary>
    [Guard, Secret, RegularExpression(@"^[\x21-\x7E]{8,}$", ErrorMessage = "at least 8 printable ASCII characters without spaces")]
    public string? BearerToken { get; set; }

    /// <summary>
    /// A scrape must carry this user, with <see cref="BasicPassword"/>, as <c>Authorization: Basic</c>. Default: none. Beside
    /// <see cref="BearerToken"/> both must be there, in an <c>Authorization</c> header each; Prometheus sends one, so give it one.
    /// </summary>
    [Guard, RegularExpression("^[^:\\p{C}]+$", ErrorMessage = "a user name without ':' and control characters, given together with BasicPassword")]
    public string? BasicUser { get; set; }

    /// <summary>The password of <see cref="BasicUser"/>. Default: none.</summary>
    [Guard, Secret, RegularExpression("^[^\\p{C}]{8,}$", ErrorMessage = "at least 8 characters, none of them a control character, given together with BasicUser")]
    public string? BasicPassword { get; set; }

    /// <summary>An authorization policy of the app that a scrape must satisfy; needs no authentication middleware. Default: none. Cannot be combined with <see cref="Port"/>.</summary>
    [Guard, RegularExpression("^[^\\p{C}]+$", ErrorMessage = "the name of an authorization policy of the app")]
    public string? Policy { get; set; }

    /// <summary>Networks that may scrape, in CIDR notation or as single addresses, such as <c>10.0.0.0/8</c>. The peer of the connection counts, not a forwarded header. Default: any.</summary>
    [Guard, Networks]
    public IList<string>? AllowedNetworks { get; set; }

    /// <summary>How many series a metric may have before further label values are recorded as <c>_other</c>. A histogram's series is 14 lines of a scrape. The library's metrics about itself stand outside it. Default: 1000.</summary>
    [Range(1, SeriesCeiling, ErrorMessage = "a number of series from 1 to 1000000")]
    public int MaxSeriesPerMetric { get; set; } = DefaultMaxSeriesPerMetric;

    /// <summary>The same for single metrics, by name; it wins over <see cref="MaxSeriesPerMetric"/>. Default: none.</summary>
    [SeriesLimits(SeriesCeiling)]
    public IDictionary<string, int> SeriesLimits { get; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Meters of System.Diagnostics.Metrics to publish through the same guard, by name, with <c>*</c> for any run of characters.
    /// <c>System.Net.Http</c> adds outgoing calls, <c>Microsoft.AspNetCore.Server.Kestrel</c> connections. They are heard from the
    /// host's start: what an up-down counter held before is unknown, and it reads as the change since. Default: none.
    /// </summary>
    [MeterNames]
    public IList<string>? Meters { get; set; }

    /// <summary>
    /// Whether to add what the app keeps in prometheus-net's static registry. Our metric wins where names clash; the registry's
    /// default adapters are switched off. Default: false.
    /// </summary>
    public bool IncludeStaticRegistry { get; set; }

    /// <summary>How many scrapes may be answered at once; a further one gets 503 and Retry-After. A reader that dawdles keeps its place, for a minute at most: where strangers reach the path, guard it. Default: 4, two pairs of Prometheus servers.</summary>
    [Range(1, 1000, ErrorMessage = "a number from 1 to 1000")]
    public int MaxConcurrentScrapes { get; set; } = DefaultMaxConcurrentScrapes;
}
