using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Http;

/// <summary>Sees a request become a connection. Only requests that ask for it pay for it.</summary>
internal static class UpgradeWatch
{
    public static bool MayUpgrade(IHeaderDictionary headers, int method) => HttpMethodLabel.IsConnect(method) || headers.Upgrade.Count > 0;

    public static bool MayUpgrade(HttpRequest request) => MayUpgrade(request.Headers, HttpMethodLabel.Of(request.Method));

    /// <summary>Wraps the features by which a request is upgraded, all or none; the return value takes the wrappers off again.</summary>
    public static Unwrapping Wrap(IFeatureCollection features, HttpExchange exchange)
    {
        var before = new Unwrapping(
            features, features.Get<IHttpUpgradeFeature>(), features.Get<IHttpExtendedConnectFeature>(), features.Get<IHttpWebSocketFeature>());
        try
        {
            before.Wrap(exchange);
            return before;
        }
        catch
        {
            before.Restore();
            throw;
        }
    }

    internal readonly record struct Unwrapping(
        IFeatureCollection Features, IHttpUpgradeFeature? Upgrade, IHttpExtendedConnectFeature? Connect, IHttpWebSocketFeature? WebSocket)
    {
        public void Wrap(HttpExchange exchange)
        {
            if (Upgrade is not null)
                Features.Set<IHttpUpgradeFeature>(new Upgrade(Upgrade, exchange));
            if (Connect is not null)
                Features.Set<IHttpExtendedConnectFeature>(new Connect(Connect, exchange));

            // The test server brings a WebSocket of its own and no upgrade.
            if (WebSocket is not null)
                Features.Set<IHttpWebSocketFeature>(new Socket(WebSocket, exchange));
        }

        public void Restore()
        {
            if (Features.Get<IHttpUpgradeFeature>() is Upgrade)
                Features.Set(Upgrade);
            if (Features.Get<IHttpExtendedConnectFeature>() is Connect)
                Features.Set(Connect);
            if (Features.Get<IHttpWebSocketFeature>() is Socket)
                Features.Set(WebSocket);
        }
    }

    private sealed class Upgrade(IHttpUpgradeFeature inner, HttpExchange exchange) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync()
        {
            var stream = await inner.UpgradeAsync();
            exchange.Upgraded();
            return stream;
        }
    }

    private sealed class Connect(IHttpExtendedConnectFeature inner, HttpExchange exchange) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => inner.IsExtendedConnect;

        public string? Protocol => inner.Protocol;

        public async ValueTask<Stream> AcceptAsync()
        {
            var stream = await inner.AcceptAsync();
            exchange.Upgraded();
            return stream;
        }
    }

    private sealed class Socket(IHttpWebSocketFeature inner, HttpExchange exchange) : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => inner.IsWebSocketRequest;

        public async Task<WebSocket> AcceptAsync(WebSocketAcceptContext context)
        {
            var socket = await inner.AcceptAsync(context);
            exchange.Upgraded();
            return socket;
        }
    }
}
