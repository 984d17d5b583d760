namespace CoLink.Observability.Benchmarks.Pipeline;

public enum Contender
{
    /// <summary>Routing and one endpoint.</summary>
    Bare,

    /// <summary>The one call.</summary>
    CoLink,

    /// <summary>prometheus-net's <c>UseHttpMetrics</c> after the static registry was scraped once, as in every service that is scraped: its adapters listen to all meters.</summary>
    PrometheusNet,

    /// <summary>The same with <c>Metrics.SuppressDefaultMetrics()</c>: its three HTTP metrics alone.</summary>
    PrometheusNetLean,

    /// <summary><c>AddAspNetCoreInstrumentation</c> with a reader that never reads.</summary>
    OpenTelemetry,
}
