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
    private const int KeepAliveTries = 3;
    private const int SecondsATry = 10;

    public static SocketsHttpHandler Open(Uri address, LokiOptions options)
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
        if (address.Scheme == Uri.UriSchemeHttp)
            Block(handler);
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
    /// the runtime, which wakes a thread of the pool as well, and that spins before it rests.
    /// </summary>
    /// <exception cref="SocketException">There is no such name, or nobody takes the connection.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint address, CancellationToken cancellation)
    {
        // Nothing else ends a look-up that hangs, and meanwhile the handler would make no other attempt.
        var addresses = await Dns.GetHostAddressesAsync(address.Host, cancellation);
        return await OwnThread.Start("CoLink Loki connect", () => Connect(addresses, address.Port, cancellation));
    }

    /// <summary>
    /// An encrypted connection is asynchronous whoever reads it, and stays as the handler makes it. Of the others the handler looks after
    /// what idles, four times in the time that it may, by a read that makes a socket asynchronous. It asks a socket that blocks whether
    /// it was closed before each use; one that is not used again, as that of a replay, stands closed until then.
    /// </summary>
    private static void Block(SocketsHttpHandler handler)
    {
        handler.PooledConnectionIdleTimeout = TimeSpan.FromDays(1);
        handler.ConnectCallback = static (context, cancellation) => ConnectAsync(context.DnsEndPoint, cancellation);
    }

    private static NetworkStream Connect(IPAddress[] addresses, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Between two pushes of a quiet service a balancer may forget the connection, or its other end may, and tell nobody.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, SecondsATry);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveTries);
            using (cancellation.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket))
                socket.Connect(addresses, port);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new OperationCanceledException(exception.Message, exception, cancellation);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
