using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.WebSockets;

/// <summary>
/// Watches the requests that ask for an upgrade or an extended CONNECT, and no others: whatever WebSocket feature the app's middleware
/// sets on them is wrapped, and with it the socket that it accepts.
/// </summary>
/// <param name="next">The app.</param>
/// <param name="metrics">The family.</param>
/// <param name="routes">What endpoints are called.</param>
/// <param name="registry">Where failures of ours are counted.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Cancelled as the host stops.</param>
internal sealed class WebSocketObserver(
    RequestDelegate next, WebSocketMetrics metrics, HttpRoutes routes, MetricRegistry registry, TimeProvider time, CancellationToken stopping)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var watch = Begin(context);
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            End(context, watch, exception);
            throw;
        }

        End(context, watch, null);
    }

    private Watch? Begin(HttpContext context)
    {
        var watch = default(Watch);
        try
        {
            var features = context.Features;
            var request = new RequestAbort(features.Get<IHttpRequestLifetimeFeature>(), stopping);
            var sockets = new RequestSockets(features, request, metrics, routes, registry, time);
            watch = new Watch(features, sockets, new InterceptingFeatures(sockets), request);
            watch.Begin(context);
            return watch;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.WebSocket, exception);
            TryRestore(context, watch);
            return null;
        }
    }

    private void End(HttpContext context, Watch? watch, Exception? escaped)
    {
        if (watch is null)
            return;
        try
        {
            watch.Sockets.End(escaped);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.WebSocket, exception);
        }

        TryRestore(context, watch);
    }

    private void TryRestore(HttpContext context, Watch? watch)
    {
        try
        {
            watch?.Restore(context);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.WebSocket, exception);
        }
    }

    private sealed record Watch(IFeatureCollection Features, RequestSockets Sockets, InterceptingFeatures Intercepting, RequestAbort Request)
    {
        public void Begin(HttpContext context)
        {
            Sockets.WrapPresent();
            if (Request.Inner is not null)
                Features.Set<IHttpRequestLifetimeFeature>(Request);
            if (context is DefaultHttpContext own)
                own.Initialize(Intercepting);
            else
                AskedFeatures.Wrap(Sockets);
        }

        public void Restore(HttpContext context)
        {
            // Features that the app put in our place stay.
            if (context is DefaultHttpContext own && ReferenceEquals(own.Features, Intercepting))
                own.Initialize(Features);
            AskedFeatures.Unwrap(Features);
            if (ReferenceEquals(Features.Get<IHttpRequestLifetimeFeature>(), Request))
                Features.Set(Request.Inner);
            Sockets.Unwrap();
        }
    }
}
