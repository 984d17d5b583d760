using System.ComponentModel.DataAnnotations;
using CoLink.Observability.Hosting.Validation;

namespace CoLink.Observability.Tracing.Otlp;

/// <summary>The export of spans to a collector. Without an endpoint nothing is exported by the library.</summary>
public sealed class OtlpOptions
{
    internal OtlpOptions()
    {
    }

    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    internal static readonly TimeSpan DefaultShutdownTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The collector's address, such as <c>http://otel-collector:4317</c>; with <c>HttpProtobuf</c> <c>/v1/traces</c> is added where it
    /// has no path. Default: <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c>, else <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, else none. An app that
    /// exports its traces by OTLP itself goes on doing so, and these variables are its own: only this key adds an export of ours.
    /// </summary>
    [OtlpEndpoint]
    public string? Endpoint { get; set; }

    /// <summary>The protocol. Default: <c>OTEL_EXPORTER_OTLP_TRACES_PROTOCOL</c>, else <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>, else <c>Grpc</c>.</summary>
    [EnumDataType(typeof(OtlpProtocol), ErrorMessage = "one of Grpc, HttpProtobuf")]
    public OtlpProtocol? Protocol { get; set; }

    /// <summary>Headers of each export as <c>name=value,name=value</c>, with percent-encoded values, such as <c>authorization=Bearer%20…</c>. Default: <c>OTEL_EXPORTER_OTLP_TRACES_HEADERS</c>, else <c>OTEL_EXPORTER_OTLP_HEADERS</c>, else none.</summary>
    [Guard, Secret, OtlpHeaders]
    public string? Headers { get; set; }

    /// <summary>How long an export may take. Default: <c>OTEL_EXPORTER_OTLP_TRACES_TIMEOUT</c>, else <c>OTEL_EXPORTER_OTLP_TIMEOUT</c>, both in milliseconds, else <c>00:00:10</c>.</summary>
    [TimeRange("00:00:00.1", "00:05:00")]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long the end of the process may wait for the spans that are held, whatever the collector does; the rest is dropped and counted. OpenTelemetry gives no more than five seconds. Default: <c>00:00:05</c>.</summary>
    [TimeRange("00:00:00.1", "00:00:05")]
    public TimeSpan ShutdownTimeout { get; set; } = DefaultShutdownTimeout;

    /// <summary>How exports are compressed. Default: <c>OTEL_EXPORTER_OTLP_TRACES_COMPRESSION</c>, else <c>OTEL_EXPORTER_OTLP_COMPRESSION</c>, else <c>None</c>.</summary>
    [EnumDataType(typeof(OtlpCompression), ErrorMessage = "one of None, Gzip")]
    public OtlpCompression? Compression { get; set; }
}
