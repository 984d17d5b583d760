using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.WebSockets;

/// <summary>
/// For a context that is not the framework's, whose features cannot be replaced: the app's WebSocket feature asks these whether the
/// request can be upgraded, and is wrapped then. A socket that is accepted without the question is missed.
/// </summary>
internal static class AskedFeatures
{
    public static void Wrap(RequestSockets sockets)
    {
        if (sockets.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
            sockets.Features.Set<IHttpUpgradeFeature>(new Upgrade(upgrade, sockets));
        if (sockets.Features.Get<IHttpExtendedConnectFeature>() is { } connect)
            sockets.Features.Set<IHttpExtendedConnectFeature>(new Connect(connect, sockets));
    }

    public static void Unwrap(IFeatureCollection features)
    {
        if (features.Get<IHttpUpgradeFeature>() is Upgrade upgrade)
            features.Set(upgrade.Inner);
        if (features.Get<IHttpExtendedConnectFeature>() is Connect connect)
            features.Set(connect.Inner);
    }

    private sealed class Upgrade(IHttpUpgradeFeature inner, RequestSockets sockets) : IHttpUpgradeFeature
    {
        public IHttpUpgradeFeature Inner => inner;

        public bool IsUpgradableRequest
        {
            get
            {
                sockets.WrapPresent();
                return inner.IsUpgradableRequest;
            }
        }

        public Task<Stream> UpgradeAsync() => inner.UpgradeAsync();
    }

    private sealed class Connect(IHttpExtendedConnectFeature inner, RequestSockets sockets) : IHttpExtendedConnectFeature
    {
        public IHttpExtendedConnectFeature Inner => inner;

        public bool IsExtendedConnect
        {
            get
            {
                sockets.WrapPresent();
                return inner.IsExtendedConnect;
            }
        }

        public string? Protocol => inner.Protocol;

        public ValueTask<Stream> AcceptAsync() => inner.AcceptAsync();
    }
}
