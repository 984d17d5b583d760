using System.Diagnostics;
using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using OpenTelemetry;

namespace CoLink.Observability.Tracing.Redaction;

/// <summary>
/// Takes from a span that ends what no exporter shall see. It stands before every other processor, the app's own exporters included.
/// Whoever reads a statement off its span, as the database family does, listens from before the provider is built.
/// </summary>
internal sealed class SpanRedactor(bool recordSql, SpanRedaction redaction, MetricRegistry registry) : BaseProcessor<Activity>
{
    public const string Redacted = "[redacted]";

    public override void OnEnd(Activity data)
    {
        if (!data.Recorded)
            return;
        try
        {
            // As many at once as a place on the stack is there for; what is taken away is not found again.
            while (Change(data) == Changes.Most)
            {
            }

            if (data is { Status: ActivityStatusCode.Error, StatusDescription: { } description } && redaction.Text(description) is var shown && shown != description)
                data.SetStatus(ActivityStatusCode.Error, shown);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Tracing, exception);
        }
    }

    private int Change(Activity span)
    {
        var changes = default(Changes);
        var count = 0;
        foreach (ref readonly var tag in span.EnumerateTagObjects())
        {
            if (IsToChange(tag, out var shown) && count < Changes.Most)
                changes[count++] = new(tag.Key, shown);
        }

        for (var i = 0; i < count; i++)
            span.SetTag(changes[i].Key, changes[i].Value);
        return count;
    }

    /// <param name="tag">What stands on the span.</param>
    /// <param name="shown">What shall stand there; null for nothing.</param>
    private bool IsToChange(in KeyValuePair<string, object?> tag, out string? shown)
    {
        shown = null;
        switch (tag.Key)
        {
            case "url.query" or "db.connection_string" or "db.user":
                return tag.Value is not null;
            case "db.query.text" or "db.statement":
                return !recordSql && tag.Value is not null;

            // Npgsql's data source without a name of its own has the connection string for one.
            case "db.npgsql.data_source":
                return tag.Value is string source && source.Contains('=', StringComparison.Ordinal);
            case "exception.message" or "exception.stacktrace":
                if (tag.Value is not string text)
                    return false;
                shown = redaction.Text(text);
                return shown != text;
            default:
                return tag.Value is not null && (tag.Key.StartsWith("db.query.parameter.", StringComparison.Ordinal) || tag.Key.StartsWith("db.operation.parameter.", StringComparison.Ordinal));
        }
    }

    [InlineArray(Most)]
    private struct Changes
    {
        public const int Most = 8;

        private KeyValuePair<string, string?> _first;
    }
}
