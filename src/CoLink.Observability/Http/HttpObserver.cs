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
/// <param name="next">The app.</param>
/// <param name="unobserved">Where requests to excluded paths go.</param>
/// <param name="metrics">The family; null where requests are not measured.</param>
/// <param name="routes">What endpoints are called.</param>
/// <param name="excluded">The paths that are not observed.</param>
/// <param name="registry">Where failures of ours are counted.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpObserver(
    RequestDelegate next, RequestDelegate unobserved, HttpMetrics? metrics, HttpRoutes routes, ExcludedPaths excluded, MetricRegistry registry, TimeProvider time)
{
    private readonly HttpExchanges _exchanges = metrics is null ? new HttpExchanges() : Of(metrics, routes);

    /// <summary>Where requests go on that ask for an upgrade. Null: where all go.</summary>
    public RequestDelegate? Upgrades { private get; init; }

    /// <summary>Who is told of each request at its end. Null: nobody.</summary>
    public RequestFinished? Finished { private get; init; }

    /// <summary>The clock's own conversion asks for its frequency each time, which costs two thirds of reading it.</summary>
    private readonly double _secondsATick = 1.0 / time.TimestampFrequency;

    public Task InvokeAsync(HttpContext context)
    {
        if (Begin(context, out var mayUpgrade) is not { } exchange)
            return unobserved(context);
        if (mayUpgrade)
            return ObserveUpgrade(context, exchange);

        Task answer;
        try
        {
            answer = next(context);
        }
        catch (Exception exception)
        {
            Finish(context, exchange, exception);
            throw;
        }

        if (!answer.IsCompletedSuccessfully)
            return Observe(answer, context, exchange);
        Finish(context, exchange, null);
        return Task.CompletedTask;
    }

    private static HttpExchanges Of(HttpMetrics metrics, HttpRoutes routes)
    {
        metrics.Exchanges.IsOpenEnded = endpoint => routes.Of(endpoint).IsOpenEnded;
        return metrics.Exchanges;
    }

    private HttpExchange? Begin(HttpContext context, out bool mayUpgrade)
    {
        mayUpgrade = false;
        try
        {
            var features = context.Features;
            var request = (IHttpRequestFeature)features[typeof(IHttpRequestFeature)]!;
            if (excluded.Contains(request.Path))
                return null;
            var method = HttpMethodLabel.Of(request.Method);
            mayUpgrade = UpgradeWatch.MayUpgrade(request.Headers, method);

            // By type, not by the generic methods, which an interface cannot resolve without a look-up: they cost four times as much.
            var original = (IEndpointFeature?)features[typeof(IEndpointFeature)];
            var exchange = _exchanges.Take(original);
            exchange.Begin(features, method, time.GetTimestamp());
            if (Finished is not null)
                exchange.Path = request.PathBase.Length == 0 ? request.Path : request.PathBase + request.Path;
            return exchange;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
            return null;
        }
    }

    private async Task Observe(Task answer, HttpContext context, HttpExchange exchange)
    {
        try
        {
            await answer;
        }
        catch (Exception exception)
        {
            Finish(context, exchange, exception);
            throw;
        }

        Finish(context, exchange, null);
    }

    private async Task ObserveUpgrade(HttpContext context, HttpExchange exchange)
    {
        var wrapped = Wrap(context, exchange);
        try
        {
            await (Upgrades ?? next)(context);
        }
        catch (Exception exception)
        {
            FinishUpgrade(context, exchange, exception, wrapped);
            throw;
        }

        FinishUpgrade(context, exchange, null, wrapped);
    }

    private UpgradeWatch.Unwrapping? Wrap(HttpContext context, HttpExchange exchange)
    {
        try
        {
            return UpgradeWatch.Wrap(context.Features, exchange.Upgraded);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
            return null;
        }
    }

    private void FinishUpgrade(HttpContext context, HttpExchange exchange, Exception? escaped, UpgradeWatch.Unwrapping? wrapped)
    {
        try
        {
            wrapped?.Restore();
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Http, exception);
        }
        finally
        {
            Finish(context, exchange, escaped, mayBeLate: true);
        }
    }

    /// <param name="context">The request.</param>
    /// <param name="exchange">What is known of it.</param>
    /// <param name="escaped">The exception that passed every middleware of the app, if one did.</param>
    /// <param name="mayBeLate">The wrappers of an upgrade may outlive the request in the app's hands: the exchange is not used again.</param>
    private void Finish(HttpContext context, HttpExchange exchange, Exception? escaped, bool mayBeLate = false)
    {
        try
        {
            try
            {
                Record(context, exchange, escaped);
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
        finally
        {
            Release(exchange, mayBeLate);
        }
    }

    private void Release(HttpExchange exchange, bool mayBeLate)
    {
        if (mayBeLate)
        {
            exchange.Leave();
            _exchanges.Forget(exchange.Original);
            return;
        }

        HttpExchanges.GiveBack(exchange);
    }

    private void Record(HttpContext context, HttpExchange exchange, Exception? escaped)
    {
        var response = context.Response;
        var endpoint = exchange.Chosen();
        var route = routes.Of(endpoint);
        var isMeasured = route.IsMeasured && metrics is not null;
        if (!isMeasured && Finished is null)
            return;
        if (endpoint is null && ResponseKind.IsStaticFile(response))
            route = routes.StaticFile;

        // What ends a connection is no answer to the request, which was answered when it was upgraded.
        var status = exchange.IsUpgraded ? response.StatusCode : ResponseStatus.Of(context, escaped);
        var isTimed = isMeasured && !exchange.IsUpgraded && status != StatusCodes.Status101SwitchingProtocols && !ResponseKind.IsStream(response, route);
        var seconds = isTimed || Finished is not null ? (time.GetTimestamp() - exchange.StartedAt) * _secondsATick : 0;
        if (isMeasured)
            HttpMetrics.Finished(route.Series(exchange.Method, metrics!), status, isTimed ? seconds : null);
        if (Finished is not null)
            Tell(new FinishedRequest(exchange.Method, route, endpoint, exchange.Path ?? "", status, seconds, exchange.IsUpgraded));
    }

    /// <summary>Those who are told may call the app's code, and are not this observer.</summary>
    private void Tell(in FinishedRequest request)
    {
        try
        {
            Finished!(request);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Logging, exception);
        }
    }
}
