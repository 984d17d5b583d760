using System.Diagnostics.Tracing;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Tracing.AppExport;

/// <summary>Hands on the events of OpenTelemetry's OTLP exporter, on the thread that they are written on.</summary>
internal sealed class ExporterEventListener : EventListener
{
    private readonly Action<int, IReadOnlyList<object?>>? _heard;

    /// <summary>The base announces the sources that are there before the constructor of this class begins.</summary>
    public ExporterEventListener(Action<int, IReadOnlyList<object?>> heard) => _heard = heard;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Sources.OtlpExporter)
            EnableEvents(eventSource, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name == Sources.OtlpExporter)
            _heard?.Invoke(eventData.EventId, (IReadOnlyList<object?>?)eventData.Payload ?? []);
    }
}
