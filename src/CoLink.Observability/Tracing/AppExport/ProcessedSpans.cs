using System.Diagnostics.Metrics;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Tracing.AppExport;

/// <summary>Hears OpenTelemetry count the spans that its batch processors hand on, and those that they drop. The meter is experimental by its name.</summary>
internal sealed class ProcessedSpans : IDisposable
{
    private const string Processed = "otel.sdk.processor.span.processed";
    private const string Component = "otel.component.name";
    private const string Error = "error.type";

    private readonly MeterListener _listener = new();

    /// <param name="counted">The processor, the spans, and whether they were dropped.</param>
    public ProcessedSpans(Action<string, long, bool> counted)
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == Sources.OtelSdk && instrument.Name == Processed)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, spans, tags, _) =>
        {
            string? component = null, error = null;
            foreach (var (name, value) in tags)
            {
                if (name == Component)
                    component = value as string;
                else if (name == Error)
                    error = value as string ?? "";
            }

            if (component is not null && spans > 0)
                counted(component, spans, error is not null);
        });
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();
}
