using CoLink.Observability.Hosting;
using CoLink.Observability.Logging;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Logging;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Serilog;
using Serilog.Extensions.Logging;

namespace CoLink.Observability.Tests.Hosting;

public sealed class FinalServicesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_web_applications_own_container_stays_and_its_caches_are_counted(bool before)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        var container = new OwnContainer();
        if (before)
            builder.Host.UseServiceProviderFactory(container);
        builder.AddCoLinkObservability();
        if (!before)
            builder.Host.UseServiceProviderFactory(container);
        builder.Services.AddDistributedMemoryCache();

        await using var app = builder.Build();

        Assert.Equal(1, container.Made);
        Assert.Equal(1, Misses(app.Services));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_workers_own_container_stays_and_its_caches_are_counted(bool before)
    {
        var builder = Host.CreateApplicationBuilder();
        var container = new OwnContainer();
        if (before)
            builder.ConfigureContainer(container);
        builder.AddCoLinkObservability();
        if (!before)
            builder.ConfigureContainer(container);
        builder.Services.AddDistributedMemoryCache();

        using var host = builder.Build();

        Assert.Equal(1, container.Made);
        Assert.Equal(1, Misses(host.Services));
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public void A_worker_validates_scopes_and_the_build_as_without_us(string environment, bool validates)
    {
        using var host = Worker().Build();
        using var scope = host.Services.CreateScope();

        Assert.NotNull(scope.ServiceProvider.GetService<Scoped>());
        Assert.Equal(validates, Throws(() => host.Services.GetService<Scoped>()));
        Assert.Equal(validates, Throws(() => Worker().AddBroken().Build().Dispose()));

        HostApplicationBuilder Worker()
        {
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
            builder.AddCoLinkObservability();
            builder.Services.AddScoped<Scoped>();
            return builder;
        }
    }

    [Fact]
    public void Builders_that_wait_while_others_build_change_only_their_own_services()
    {
        var (one, other) = (Host.CreateApplicationBuilder(), Host.CreateApplicationBuilder());
        var (ofOne, ofOther) = (FinalServices.Of(one), FinalServices.Of(other));
        var seen = new List<string>();
        ofOne.Add("cache", (services, _) => seen.Add(ReferenceEquals(services, one.Services) ? "one" : "wrong"));
        ofOther.Add("cache", (services, _) => seen.Add(ReferenceEquals(services, other.Services) ? "other" : "wrong"));

        using var second = other.Build();
        Assert.Equal((false, true), (ofOne.WereSeen, ofOther.WereSeen));
        using var first = one.Build();

        Assert.Equal(["other", "one"], seen);
    }

    [Fact]
    public void What_is_changed_sees_the_services_and_the_options_as_they_end_up()
    {
        var builder = Host.CreateApplicationBuilder();
        var final = FinalServices.Of(builder);
        var seen = (Enabled: true, Sees: false);
        final.Add("cache", (services, options) => seen = (options.Cache.Enabled, services.Any(service => service.ServiceType == typeof(Scoped))));
        builder.Services.AddScoped<Scoped>();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["CoLink:Observability:Cache:Enabled"] = "false" });

        using var host = builder.Build();

        Assert.Equal((false, true), seen);
    }

    [Fact]
    public async Task A_change_that_fails_is_counted_and_the_app_runs()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.AddCoLinkObservability();
        var final = (FinalServices)builder.Services.Single(service => service.ServiceType == typeof(FinalServices)).ImplementationInstance!;
        final.Add("cache", (_, _) => throw new InvalidOperationException());
        await using var app = builder.Build();
        await app.StartAsync();

        Assert.Equal(1, app.Services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_observer_errors_total")!.Read(["cache"]));
    }

    [Fact]
    public async Task A_builder_that_does_not_announce_that_it_builds_is_told_of_once_and_its_sources_say_0()
    {
        var logs = new CollectingLogs();
        var builder = new SilentBuilder();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.AddCoLinkObservability(options => options.Metrics.Port = FreePort.Next());
        builder.Services.AddDistributedMemoryCache();
        builder.Services.AddHealthChecks();
        await using var services = builder.Services.BuildServiceProvider();
        var lifecycle = services.GetServices<IHostedService>().OfType<ObservabilityLifecycle>().Single();

        await lifecycle.StartingAsync(TestContext.Current.CancellationToken);

        var cache = services.GetRequiredService<IDistributedCache>();
        Assert.IsType<MemoryDistributedCache>(cache);
        var line = Assert.Single(logs.Of(142));
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains("Not observed: cache, tracing, health", line.Message);
        Assert.Equal(0, services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_source_active")!.Read(["IDistributedCache"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_builder_that_does_not_announce_that_it_builds_keeps_its_console_provider_and_has_no_console_of_ours(bool addsAnother)
    {
        var (logs, roads) = (new CollectingLogs(), new CollectingRoads());
        var builder = new SilentBuilder();
        builder.Logging.AddProvider(logs);
        roads.Bring(builder.Services);
        builder.AddCoLinkObservability(options => (options.Metrics.Port, options.Logging.Console, options.Logging.Loki.Url) = (FreePort.Next(), ConsoleFormat.Json, "http://loki:3100"));
        if (addsAnother)
            builder.Logging.AddConsole();
        await using var services = builder.Services.BuildServiceProvider();

        await services.GetServices<IHostedService>().OfType<ObservabilityLifecycle>().Single().StartingAsync(TestContext.Current.CancellationToken);

        Assert.Single(services.GetServices<ILoggerProvider>().OfType<ConsoleLoggerProvider>());
        Assert.Null(roads.Format);
        Assert.Equal(LogLevel.Warning, Assert.Single(logs.Of(143)).Level);
        Assert.Null(services.GetRequiredService<LogPipeline>().Roads!.Failure);
        Assert.Single(roads.Loki, logged => logged.Shown("EventId")!.Contains("143", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_builder_that_does_not_announce_that_it_builds_has_no_log_events_for_us_beside_Serilog_and_says_so()
    {
        var logs = new CollectingLogs();
        var builder = new SilentBuilder();
        builder.Logging.ClearProviders();
        builder.AddCoLinkObservability(options => options.Metrics.Port = FreePort.Next());
        builder.Services.AddSingleton<ILoggerFactory>(_ => new SerilogLoggerFactory(new LoggerConfiguration().WriteTo.Providers(new LoggerProviderCollection().With(logs)).CreateLogger()));
        await using var services = builder.Services.BuildServiceProvider();
        var lifecycle = services.GetServices<IHostedService>().OfType<ObservabilityLifecycle>().Single();

        await lifecycle.StartingAsync(TestContext.Current.CancellationToken);
        await lifecycle.StartAsync(TestContext.Current.CancellationToken);
        await lifecycle.StartedAsync(TestContext.Current.CancellationToken);

        Assert.Contains("SerilogLoggerFactory", Assert.Single(logs.Of(144)).Message);
        await using var scrape = new MemoryStream();
        await services.GetRequiredService<MetricRegistry>().WriteAsync(scrape, openMetrics: false, TestContext.Current.CancellationToken);
        Assert.Equal(0, services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_source_active")!.Read(["ILoggerFactory"]));
        await lifecycle.StoppedAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_builder_that_never_builds_is_not_kept_alive()
    {
        var services = Abandon();

        await Eventually.IsTrue(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !services.TryGetTarget(out _);
        });

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference<FinalServices> Abandon() => new(FinalServices.Of(Host.CreateEmptyApplicationBuilder(new())));
    }

    private static double? Misses(IServiceProvider services)
    {
        services.GetRequiredService<IDistributedCache>().Get("a");
        return services.GetRequiredService<MetricRegistry>().Find("redis_misses_total")?.Read(["distributed"]);
    }

    private static bool Throws(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (Exception exception) when (exception is InvalidOperationException or AggregateException)
        {
            return true;
        }
    }

    internal sealed class Scoped;

    /// <summary>Not Microsoft's container, as far as the host can see.</summary>
    private sealed class OwnContainer : IServiceProviderFactory<OwnContainer.Contents>
    {
        public int Made { get; private set; }

        public Contents CreateBuilder(IServiceCollection services) => new([.. services]);

        public IServiceProvider CreateServiceProvider(Contents containerBuilder)
        {
            Made++;
            var copy = new ServiceCollection();
            foreach (var service in containerBuilder.Services)
                ((IServiceCollection)copy).Add(service);
            return copy.BuildServiceProvider();
        }

        public sealed record Contents(IReadOnlyList<ServiceDescriptor> Services);
    }

    /// <summary>A builder of somebody else's making.</summary>
    private sealed class SilentBuilder : IHostApplicationBuilder
    {
        private readonly HostApplicationBuilder _real = Host.CreateApplicationBuilder();

        public IDictionary<object, object> Properties { get; } = new Dictionary<object, object>();

        public IConfigurationManager Configuration => _real.Configuration;

        public IHostEnvironment Environment => _real.Environment;

        public ILoggingBuilder Logging => _real.Logging;

        public IMetricsBuilder Metrics => _real.Metrics;

        public IServiceCollection Services => _real.Services;

        public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
            where TContainerBuilder : notnull => throw new NotSupportedException();
    }
}

file static class Providers
{
    public static LoggerProviderCollection With(this LoggerProviderCollection providers, ILoggerProvider provider)
    {
        providers.AddProvider(provider);
        return providers;
    }
}

file static class Broken
{
    /// <summary>A singleton that wants what is scoped.</summary>
    public static HostApplicationBuilder AddBroken(this HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Wants>();
        return builder;
    }

    private sealed class Wants
    {
        public Wants(FinalServicesTests.Scoped scoped) => _ = scoped;
    }
}
