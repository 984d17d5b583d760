using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CoLink.Observability.Logging.Loki;

/// <summary>The pool of connections to Loki and what every request on them carries.</summary>
internal static class LokiConnection
{
    /// <summary>Also a name that points elsewhere now is asked again by then.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int KeepAliveSeconds = 60;

    public static SocketsHttpHandler Open(LokiOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = Lifetime,

            // Four times in it the handler looks after what idles, by a read that makes a socket asynchronous; it asks the socket again before each use.
            PooledConnectionIdleTimeout = TimeSpan.FromDays(1),
            ConnectCallback = static (context, cancellation) => new ValueTask<Stream>(LoopThread.Start<Stream>("CoLink Loki connect", () => Connect(context.DnsEndPoint, cancellation))),

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

    /// <summary>
    /// A socket that blocks. One that was connected asynchronously stays asynchronous underneath: who waits for its answer is woken by
    /// the runtime, which wakes a thread of the pool as well, and that spins before it rests. An attempt may take long, and has a
    /// thread of its own.
    /// </summary>
    private static NetworkStream Connect(DnsEndPoint address, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Between two pushes of a quiet service a balancer would forget the connection, and tell nobody.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            using (cancellation.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket))
                socket.Connect(address);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            throw cancellation.IsCancellationRequested ? new OperationCanceledException(exception.Message, exception, cancellation) : exception;
        }
    }

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
