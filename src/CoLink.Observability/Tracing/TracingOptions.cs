using System.ComponentModel.DataAnnotations;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Tracing.Otlp;

namespace CoLink.Observability.Tracing;

/// <summary>The traces: which are kept, what of them is shown, where they go.</summary>
public sealed class TracingOptions
{
    internal TracingOptions()
    {
    }

    /// <summary>Whether the library has spans made and exported. Ids stand in logs and are passed on to other services either way. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Which share of the traces that begin here is kept, from 0, none, to 1, all. A request that arrives with a decision keeps it.
    /// Default: what <c>OTEL_TRACES_SAMPLER</c> and <c>OTEL_TRACES_SAMPLER_ARG</c> say, else 1. The app's own <c>SetSampler</c> wins.
    /// </summary>
    [Range(0.0, 1.0, ErrorMessage = "a number from 0 to 1")]
    public double? SamplingRatio { get; set; }

    /// <summary>Further sources of spans, by the names of their <c>ActivitySource</c>; <c>*</c> stands for any run of characters. Default: none; ASP.NET Core, HttpClient, SignalR, Npgsql, MongoDB.Driver and the library's own are heard anyway.</summary>
    [SourceNames]
    public IList<string>? Sources { get; set; }

    /// <summary>Whether the text of a statement stands on its span. Parameters, users and connection strings never do. Default: false.</summary>
    public bool RecordSql { get; set; }

    /// <summary>The export.</summary>
    public OtlpOptions Otlp { get; } = new();
}
