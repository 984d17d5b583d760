using CoLink.Observability.Cache;
using CoLink.Observability.Database;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Http;
using CoLink.Observability.Logging;
using CoLink.Observability.Registry;
using CoLink.Observability.Runtime;
using CoLink.Observability.Tracing;
using CoLink.Observability.WebSockets;

namespace CoLink.Observability;

/// <summary>
/// The options of the one call, bound from the section <c>CoLink:Observability</c>. What the section says wins over the defaults,
/// what <c>AddCoLinkObservability(options =&gt; …)</c> says wins over the section.
/// </summary>
public sealed class CoLinkObservabilityOptions
{

    internal const string DefaultNamespace = "colink";

    internal static readonly string[] DefaultExcludedPaths = ["/metrics", "/health*"];

    /// <summary>The service's name, in <c>colink_build_info</c> and on spans. Default: <c>OTEL_SERVICE_NAME</c>, else the name of the entry assembly.</summary>
    [ServiceText]
    public string? ServiceName { get; set; }

    /// <summary>What the service belongs to. Default: <c>service.namespace</c> of <c>OTEL_RESOURCE_ATTRIBUTES</c>, else <c>colink</c>.</summary>
    [ServiceText]
    public string? Namespace { get; set; }

    /// <summary>The service's version. Default: <c>service.version</c> of <c>OTEL_RESOURCE_ATTRIBUTES</c>, else the version of the entry assembly.</summary>
    [ServiceText]
    public string? Version { get; set; }

    /// <summary>Where it runs. Default: <c>deployment.environment.name</c> of <c>OTEL_RESOURCE_ATTRIBUTES</c>, else the host's environment.</summary>
    [ServiceText]
    public string? Environment { get; set; }

    /// <summary>This replica. Default: <c>service.instance.id</c> of <c>OTEL_RESOURCE_ATTRIBUTES</c>, else the host's name. It is the stream label <c>pod</c> of logs: replicas must not share it, and it must not be new at each start.</summary>
    [ServiceText]
    public string? Instance { get; set; }

    /// <summary>Paths that are not measured and make no spans, by segment: <c>/health*</c> is <c>/health</c> and all below it, not <c>/healthy</c>. Default: <c>/metrics</c>, <c>/health*</c>.</summary>
    [PathPatterns]
    public IList<string>? ExcludedPaths { get; set; }

    /// <summary>Where metrics are served, who may read them, how many series a metric may have.</summary>
    public MetricsOptions Metrics { get; } = new();

    /// <summary>The HTTP family.</summary>
    public HttpOptions Http { get; } = new();

    /// <summary>The WebSocket family.</summary>
    public WebSocketOptions WebSockets { get; } = new();

    /// <summary>The database family.</summary>
    public DatabaseOptions Database { get; } = new();

    /// <summary>The cache family.</summary>
    public CacheOptions Cache { get; } = new();

    /// <summary>What the package CoLink.Observability.StackExchangeRedis asks Redis servers.</summary>
    public RedisOptions Redis { get; } = new();

    /// <summary>The runtime family.</summary>
    public RuntimeOptions Runtime { get; } = new();

    /// <summary>The traces.</summary>
    public TracingOptions Tracing { get; } = new();

    /// <summary>The logs.</summary>
    public LoggingOptions Logging { get; } = new();

    /// <summary>What of the section could not be read, for the validator to report beside the rules that are broken.</summary>
    internal IReadOnlyList<string> Unreadable { get; set; } = [];
}
