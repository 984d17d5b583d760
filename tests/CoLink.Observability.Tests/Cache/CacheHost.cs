using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Cache;

/// <summary>A built host whose caches are read directly, and what was counted.</summary>
internal sealed class CacheHost : IAsyncDisposable
{
    private readonly IHost _host;

    private CacheHost(IHost host, CollectingLogs logs)
    {
        _host = host;
        Logs = logs;
    }

    public IServiceProvider Services => _host.Services;

    public CollectingLogs Logs { get; }

    /// <param name="late">Registers services after the one call, as most apps do.</param>
    /// <param name="early">Registers services before it.</param>
    /// <param name="options">The options of the one call.</param>
    /// <param name="web">A web application, else a worker. Both validate scopes, as in Development.</param>
    /// <param name="calls">How often the one call is made.</param>
    public static CacheHost Build(Action<IServiceCollection>? late = null, Action<IServiceCollection>? early = null, Action<CoLinkObservabilityOptions>? options = null, bool web = true, int calls = 1)
    {
        var logs = new CollectingLogs();
        if (web)
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development, ApplicationName = typeof(CacheHost).Assembly.GetName().Name });
            builder.WebHost.UseTestServer();
            Configure(builder);
            return new CacheHost(builder.Build(), logs);
        }

        var worker = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        Configure(worker);
        return new CacheHost(worker.Build(), logs);

        void Configure(IHostApplicationBuilder builder)
        {
            builder.Logging.ClearProviders().AddProvider(logs);
            early?.Invoke(builder.Services);
            for (var call = 0; call < calls; call++)
            {
                builder.AddCoLinkObservability(o =>
                {
                    o.Metrics.Port = web ? null : FreePort.Next();
                    options?.Invoke(o);
                });
            }

            late?.Invoke(builder.Services);
        }
    }

    public static async Task<CacheHost> StartAsync(Action<IServiceCollection>? late = null, bool web = true)
    {
        var host = Build(late, web: web);
        await host._host.StartAsync();
        return host;
    }

    /// <summary>Hits and misses of one kind of cache; null where the series does not exist.</summary>
    public (double? Hits, double? Misses) Reads(string cache) => (Value("redis_hits_total", cache), Value("redis_misses_total", cache));

    public double? SourceActive(string source) => Value("colink_telemetry_source_active", source);

    /// <summary>How many kinds of caches have been read.</summary>
    public int Kinds => Services.GetRequiredService<MetricRegistry>().Find("redis_hits_total")?.SeriesCount ?? 0;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private double? Value(string metric, string label) => Services.GetRequiredService<MetricRegistry>().Find(metric)?.Read([label]);
}
