using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace CoLink.Observability.WebSockets;

/// <summary>
/// Ends the span of a request where the request ends: as it is upgraded. Left alone it lasts as long as the connection and is exported
/// when that is over. Its ids stay those of everything that happens on the connection, and hosting, which stops it again at the end,
/// finds it stopped.
/// </summary>
internal sealed class HandshakeSpans(MetricRegistry registry)
{
    private const string OfHosting = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private const string Method = "http.request.method";
    private const string OtherMethod = "_OTHER";
    private const string Route = "http.route";
    private const string Status = "http.response.status_code";

    /// <summary>
    /// What the app's instrumentation would do with the span and the response at the end, which is too late: called before the
    /// span is exported, and only where it is.
    /// </summary>
    public Action<Activity, HttpResponse>? Enrich { private get; set; }

    /// <param name="context">A request that may be upgraded.</param>
    /// <param name="next">The app.</param>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var wrapped = Watch(context);
        try
        {
            await next(context);
        }
        finally
        {
            Unwatch(wrapped);
        }
    }

    private UpgradeWatch.Unwrapping? Watch(HttpContext context)
    {
        try
        {
            return Find(context) is { } span ? UpgradeWatch.Wrap(context.Features, () => Upgraded(span, context)) : null;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.WebSocket, exception);
            return null;
        }
    }

    private void Unwatch(UpgradeWatch.Unwrapping? wrapped)
    {
        try
        {
            wrapped?.Restore();
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.WebSocket, exception);
        }
    }

    /// <summary>
    /// The request's own. OpenTelemetry puts another of the same name in the place of hosting's where a propagator reads the parent
    /// from other headers than hosting does. What is current and not made for a request is somebody else's.
    /// </summary>
    private static Activity? Find(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { } own)
            return null;
        return Activity.Current is { OperationName: OfHosting } current ? current : own;
    }

    private void Upgraded(Activity span, HttpContext context)
    {
        // An upgrade may be asked for twice, or once the request is over and the context another's.
        if (span.IsStopped)
            return;
        try
        {
            Describe(span, context);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.WebSocket, exception);
        }

        try
        {
            span.Stop();
        }
        catch (Exception exception)
        {
            // A listener that throws.
            registry.Failed(Observers.WebSocket, exception);
        }

        // What ended takes nothing more: the instrumentation would describe it once more at the end of the connection.
        span.IsAllDataRequested = false;
    }

    /// <summary>Says what OpenTelemetry's instrumentation says at the end of a request, where it is at work.</summary>
    private void Describe(Activity span, HttpContext context)
    {
        if (!span.IsAllDataRequested || span.GetTagItem(Method) is not string method)
            return;
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { Length: > 0 } route)
        {
            span.SetTag(Route, route);
            span.DisplayName = $"{(method == OtherMethod ? "HTTP" : method)} {route}";
        }

        span.SetTag(Status, context.Response.StatusCode);
        Enrich?.Invoke(span, context.Response);
    }
}
