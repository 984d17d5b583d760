using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Http;

/// <summary>
/// Watches every request from outside the app's first middleware. A pipeline that completes synchronously costs no allocation,
/// one that does not costs one frame. Requests to excluded paths go elsewhere.
/// </summary>
/// <remarks>
/// The context finds its features anew after one was set. So what is read here before the endpoint feature is set bypasses the
/// context, and what is read at the end is read before the feature is put back.
/// </remarks>
internal sealed class HttpObserver(
    RequestDelegate next, RequestDelegate unobserved, HttpMetrics metrics, HttpRoutes routes, ExcludedPaths excluded, MetricRegistry registry, TimeProvider time)
{
    private readonly HttpExchangePool _pool = new();

    public Task InvokeAsync(HttpContext context)
    {
        var request = (IHttpRequestFeature)context.Features[typeof(IHttpRequestFeature)]!;
        if (excluded.Contains(request.Path))
            return unobserved(context);

        var method = HttpMethodLabel.Of(request.Method);
        var exchange = _pool.Rent();
        exchange.Begin(context, metrics, method, time.GetTimestamp());
        metrics.Started(method);
        if (UpgradeWatch.MayUpgrade(request.Headers, method))
            return ObserveUpgrade(exchange);

        Task answer;
        try
        {
            answer = next(context);
        }
        catch (Exception exception)
        {
            Finish(exchange, exception);
            throw;
        }

        if (!answer.IsCompletedSuccessfully)
            return Observe(answer, exchange);
        Finish(exchange, null);
        return Task.CompletedTask;
    }

    private async Task Observe(Task answer, HttpExchange exchange)
    {
        try
        {
            await answer;
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
            try
            {
                Record(exchange, escaped);
            }
            finally
            {
                exchange.Restore();
            }
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
        }

        if (!exchange.IsUpgraded)
            metrics.Released(exchange.Method);
        if (mayBeLate)
            exchange.Clear();
        else
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

        var status = ResponseStatus.Of(exchange.Context, escaped);
        var isTimed = !exchange.IsUpgraded && status != StatusCodes.Status101SwitchingProtocols
            && !HttpMethodLabel.IsConnect(exchange.Method) && !ResponseKind.IsStream(response, route);
        HttpMetrics.Finished(route.Series(exchange.Method, metrics), status, isTimed ? time.GetElapsedTime(exchange.StartedAt) : null);
    }
}
