namespace CoLink.Observability.Tracing.Otlp;

/// <summary>The connection to the collector.</summary>
internal static class OtlpConnection
{
    /// <summary>How the library names itself to the collector.</summary>
    public static string Product { get; } = $"CoLink.Observability/{typeof(OtlpConnection).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>No activity of its own, and so no span of an export.</summary>
    public static SocketsHttpHandler Open(OtlpTarget target)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,

            // A collector that moved is found by its name again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        target.Certificates.Configure(handler.SslOptions);
        return handler;
    }

    public static HttpClient Client(OtlpTarget target, HttpMessageHandler handler)
    {
        var client = new HttpClient(handler) { Timeout = target.Timeout };
        foreach (var (name, value) in target.Headers)
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        return client;
    }
}
