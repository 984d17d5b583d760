using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CoLink.Observability.Logging.Loki;

/// <summary>The pool of connections to Loki and what every request on them carries.</summary>
internal static class LokiConnection
{
    /// <summary>Also a name that points elsewhere now is asked again by then.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public static SocketsHttpHandler Open(LokiOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = Lifetime,

            // A credential must not follow to wherever somebody points.
            AllowAutoRedirect = false,
            UseCookies = false,

            // The rest of an answer that is given up is not waited for, nor read beside whoever still reads it.
            MaxResponseDrainSize = 0,

            // A span of a push would be a span about telemetry, in the trace of whoever logged first.
            ActivityHeadersPropagator = null,
        };
        if (options.CaFile is { } file)
            handler.SslOptions.CertificateChainPolicy = Trusting(file);
        return handler;
    }

    public static AuthenticationHeaderValue? Credentials(LokiOptions options) =>
        options.BearerToken is { } token ? new AuthenticationHeaderValue("Bearer", token)
        : options.BasicUser is { } user ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.BasicPassword}")))
        : null;

    /// <summary>Whether the connection failed over a certificate, which no time heals.</summary>
    public static bool IsDistrust(HttpRequestException exception) => exception.HttpRequestError == HttpRequestError.SecureConnectionError && exception.InnerException is AuthenticationException;

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
