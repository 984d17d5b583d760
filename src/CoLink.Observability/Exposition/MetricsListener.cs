using System.Net.Sockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Exposition;

/// <summary>
/// A second, empty Kestrel for the scrapes. Adding to the app's own server would not do: its addresses come from four places, and
/// whichever is touched makes another void.
/// </summary>
internal sealed class MetricsListener(MetricsEndpoint endpoint, MetricRegistry registry, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable, IDisposable
{
    /// <summary>A port that another process holds is often free once a rollout is through.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = loggers.CreateLogger<MetricsListener>();

    /// <summary>Not disposed of: it holds nothing, and a host may be stopped once more while it is disposed of.</summary>
    private readonly CancellationTokenSource _stopping = new();

    private GaugeSeries? _up;
    private KestrelServer? _server;
    private Task _retrying = Task.CompletedTask;

    /// <summary>Never throws: a service without its scrapes is still a service.</summary>
    public async Task StartAsync(int port, CancellationToken cancellation)
    {
        _up = registry.Gauge(SelfCatalogue.ListenerUp).With();
        if (await TryStartAsync(port, cancellation) is { } failure)
        {
            Log.ListenerFailed(_logger, port, failure, Retry);
            _retrying = RetryAsync(port);
        }
    }

    public async Task StopAsync(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        await _retrying;
        if (_server is { } server)
            await server.StopAsync(cancellation);
        _up?.Set(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _retrying;
        _server?.Dispose();
        _server = null;
    }

    /// <summary>For a container that is disposed of synchronously; what is retrying ends by itself.</summary>
    public void Dispose()
    {
        if (_server is null && _stopping.IsCancellationRequested)
            return;
        _stopping.Cancel();
        _server?.Dispose();
        _server = null;
    }

    /// <summary>Whether the port is ours now.</summary>
    public bool IsListening => _server is not null;

    private async Task<string?> TryStartAsync(int port, CancellationToken cancellation)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.ListenAnyIP(port, listen => listen.Protocols = HttpProtocols.Http1);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);

        // Kestrel's own start and connection messages would read as the app's.
        var server = new KestrelServer(Options.Create(options), transport, new QuietLoggers(loggers));
        try
        {
            await server.StartAsync(new Application(endpoint), cancellation);
            _server = server;
            _up!.Set(1);
            return null;
        }
        catch (Exception exception)
        {
            server.Dispose();
            _up!.Set(0);
            cancellation.ThrowIfCancellationRequested();
            return exception.Message;
        }
    }

    private async Task RetryAsync(int port)
    {
        try
        {
            do
            {
                await Task.Delay(Retry, time, _stopping.Token);
            }
            while (await TryStartAsync(port, _stopping.Token) is not null);
            Log.ListenerRecovered(_logger, port);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private sealed class Application(MetricsEndpoint endpoint) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context)
        {
            if (context.Request.Path.Equals(endpoint.Path, StringComparison.OrdinalIgnoreCase))
                return endpoint.HandleAsync(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }

    /// <summary>Warnings and errors only.</summary>
    private sealed class QuietLoggers(ILoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new QuietLogger(inner.CreateLogger(categoryName));

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class QuietLogger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
