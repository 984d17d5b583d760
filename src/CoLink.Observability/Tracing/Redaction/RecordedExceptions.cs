using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Tracing.Redaction;

/// <summary>
/// Redacts the text of an exception as it is put on a span: an event that is there cannot be changed. It listens where somebody
/// listens already, so no span exists because of it, and comes after the provider, which is somebody.
/// </summary>
internal sealed class RecordedExceptions : IDisposable
{
    private const string Message = "exception.message";
    private const string StackTrace = "exception.stacktrace";

    private readonly ActivityListener _listener;
    private readonly SpanRedaction _redaction;
    private readonly MetricRegistry _registry;

    public RecordedExceptions(SpanRedaction redaction, MetricRegistry registry)
    {
        (_redaction, _registry) = (redaction, registry);
        _listener = new ActivityListener { ShouldListenTo = static source => source.HasListeners(), ExceptionRecorder = Record };
    }

    public void Start() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    /// <summary>It runs where the exception is recorded, in the app.</summary>
    private void Record(Activity activity, Exception exception, ref TagList tags)
    {
        if (!activity.IsAllDataRequested)
            return;
        Set(ref tags, Message, exception, static exception => exception.Message);
        Set(ref tags, StackTrace, exception, static exception => exception.ToString());
    }

    /// <summary>Where the text cannot be redacted it is not shown.</summary>
    private void Set(ref TagList tags, string name, Exception exception, Func<Exception, string> text)
    {
        var shown = SpanRedactor.Redacted;
        var place = -1;
        try
        {
            for (var i = 0; i < tags.Count && place < 0; i++)
                place = tags[i].Key == name ? i : -1;
            shown = _redaction.Text(place >= 0 && tags[place].Value is string given ? given : text(exception));
        }
        catch (Exception failure)
        {
            _registry.Failed(Observers.Tracing, failure);
        }

        if (place >= 0)
            tags[place] = new(name, shown);
        else
            tags.Add(name, shown);
    }
}
