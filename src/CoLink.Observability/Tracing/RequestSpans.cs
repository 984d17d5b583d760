using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using CoLink.Observability.Tracing.Redaction;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Instrumentation.Http;

namespace CoLink.Observability.Tracing;

/// <summary>
/// How OpenTelemetry's instrumentation makes the spans of requests, whoever added it and under whatever name: what the app has set
/// is kept and added to.
/// </summary>
internal sealed class RequestSpans(ExcludedPaths excluded, SpanRedaction redaction, MetricRegistry registry)
    : IPostConfigureOptions<AspNetCoreTraceInstrumentationOptions>, IPostConfigureOptions<HttpClientTraceInstrumentationOptions>
{
    private const string Path = "url.path";
    private const string ExceptionEvent = "exception";

    public void PostConfigure(string? name, AspNetCoreTraceInstrumentationOptions options)
    {
        var filter = options.Filter;
        options.Filter = filter is null ? IsWanted : context => IsWanted(context) && filter(context);

        // The app's own may read the path, and has what is shown; and it may write it, and then that is what it wants.
        var enrich = options.EnrichWithHttpResponse;
        options.EnrichWithHttpResponse = enrich is null ? Ended : (span, response) =>
        {
            Ended(span, response);
            enrich(span, response);
        };
        options.RecordException = true;
    }

    /// <summary>From .NET 10 on HttpClient records the exception itself, and the instrumentation, where it is asked to, a second time.</summary>
    public void PostConfigure(string? name, HttpClientTraceInstrumentationOptions options) => options.RecordException = false;

    /// <summary>A request that is filtered out is marked as not sampled, and with it all that happens inside.</summary>
    private bool IsWanted(HttpContext context) => !excluded.Contains(context.Request.Path);

    private void Ended(Activity span, HttpResponse response)
    {
        try
        {
            if (span.GetTagItem(Path) is string path && redaction.Path(response.HttpContext, path) is var shown && shown != path)
                span.SetTag(Path, shown);
            Record(span, response.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error);
        }
        catch (Exception exception)
        {
            span.SetTag(Path, SpanRedactor.Redacted);
            registry.Failed(Observers.Tracing, exception);
        }
    }

    /// <summary>An exception that a handler of the app has answered. The instrumentation hears of those alone that nobody handled.</summary>
    private static void Record(Activity span, Exception? exception)
    {
        if (exception is null)
            return;
        foreach (ref readonly var one in span.EnumerateEvents())
        {
            if (one.Name == ExceptionEvent)
                return;
        }

        span.AddException(exception);
    }
}
