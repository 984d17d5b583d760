using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Http;

/// <summary>
/// Watches every request from outside the app's first middleware. A pipeline that completes synchronously costs no allocation,
/// one that does not costs one frame.
/// </summary>
internal sealed class HttpObserver(RequestDelegate next, HttpMetrics metrics, HttpRoutes routes, ExcludedPaths excluded, MetricRegistry registry, TimeProvider time)
{
    private readonly HttpExchangePool _pool = new();

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (excluded.Contains(path))
            return next(context);

        if (Begin(context, path) is not { } exchange)
            return next(context);
        if (UpgradeWatch.MayUpgrade(context, exchange.Method))
            return ObserveUpgrade(exchange);

        Task request;
        try
        {
            request = next(context);
        }
        catch (Exception exception)
        {
            Finish(exchange, exception);
            throw;
        }

        if (!request.IsCompletedSuccessfully)
            return Observe(request, exchange);
        Finish(exchange, null);
        return Task.CompletedTask;
    }

    private HttpExchange? Begin(HttpContext context, string? path)
    {
        try
        {
            var method = HttpMethodLabel.Of(context.Request.Method);
            var exchange = _pool.Rent();
            exchange.Begin(context, path, metrics, method, time.GetTimestamp());
            metrics.Started(method);
            return exchange;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
            return null;
        }
    }

    private async Task Observe(Task request, HttpExchange exchange)
    {
        try
        {
            await request;
        }
        catch (Exception exception)
        {
            Finish(exchange, exception);
            throw;
        }

        Finish(exchange, null);
    }

    private async Task ObserveUpgrade(HttpExchange exchange)
    {
        var wrapped = UpgradeWatch.Wrap(exchange);
        try
        {
            await next(exchange.Context);
        }
        catch (Exception exception)
        {
            wrapped.Restore();
            Finish(exchange, exception, mayBeLate: true);
            throw;
        }

        wrapped.Restore();
        Finish(exchange, null, mayBeLate: true);
    }

    /// <param name="exchange">The request.</param>
    /// <param name="escaped">The exception that passed every middleware of the app, if one did.</param>
    /// <param name="mayBeLate">The wrappers of an upgrade may outlive the request in the app's hands: the exchange is not used again.</param>
    private void Finish(HttpExchange exchange, Exception? escaped, bool mayBeLate = false)
    {
        try
        {
            exchange.Restore();
            Record(exchange, escaped);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
        }

        if (mayBeLate)
        {
            exchange.Leave();
            return;
        }

        metrics.Released(exchange.Method);
        _pool.Return(exchange);
    }

    private void Record(HttpExchange exchange, Exception? escaped)
    {
        var response = exchange.Context.Response;
        var route = routes.Of(exchange.First);
        if (!route.IsMeasured)
            return;
        if (ReferenceEquals(route, routes.Unmatched) && exchange.First is null && ResponseKind.IsStaticFile(response))
            route = routes.StaticFile;

        // What ends a connection is no answer to the request, which was answered when it was upgraded.
        var status = exchange.IsUpgraded ? response.StatusCode : ResponseStatus.Of(exchange.Context, escaped);
        var isTimed = !exchange.IsUpgraded && status != StatusCodes.Status101SwitchingProtocols
            && !HttpMethodLabel.IsConnect(exchange.Method) && !ResponseKind.IsStream(response, route);
        HttpMetrics.Finished(route.Series(exchange.Method, metrics), status, isTimed ? time.GetElapsedTime(exchange.StartedAt) : null);
    }
}
