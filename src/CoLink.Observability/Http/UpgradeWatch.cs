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
    /// <param name="features">The request's features.</param>
    /// <param name="upgraded">Called with each upgrade that succeeds, before the app has its stream or its socket. It does not throw.</param>
    public static Unwrapping Wrap(IFeatureCollection features, Action upgraded)
    {
        var before = new Unwrapping(
            features, features.Get<IHttpUpgradeFeature>(), features.Get<IHttpExtendedConnectFeature>(), features.Get<IHttpWebSocketFeature>());
        try
        {
            before.Wrap(upgraded);
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
        public void Wrap(Action upgraded)
        {
            if (Upgrade is not null)
                Features.Set<IHttpUpgradeFeature>(new Upgrade(Upgrade, upgraded));
            if (Connect is not null)
                Features.Set<IHttpExtendedConnectFeature>(new Connect(Connect, upgraded));

            // The test server brings a WebSocket of its own and no upgrade.
            if (WebSocket is not null)
                Features.Set<IHttpWebSocketFeature>(new Socket(WebSocket, upgraded));
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

    private sealed class Upgrade(IHttpUpgradeFeature inner, Action upgraded) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync()
        {
            var stream = await inner.UpgradeAsync();
            upgraded();
            return stream;
        }
    }

    private sealed class Connect(IHttpExtendedConnectFeature inner, Action upgraded) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => inner.IsExtendedConnect;

        public string? Protocol => inner.Protocol;

        public async ValueTask<Stream> AcceptAsync()
        {
            var stream = await inner.AcceptAsync();
            upgraded();
            return stream;
        }
    }

    private sealed class Socket(IHttpWebSocketFeature inner, Action upgraded) : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => inner.IsWebSocketRequest;

        public async Task<WebSocket> AcceptAsync(WebSocketAcceptContext context)
        {
            var socket = await inner.AcceptAsync(context);
            upgraded();
            return socket;
        }
    }
}
