using System.Collections.Concurrent;
using CoLink.Observability.Logging;
using CoLink.Observability.Tests.Logging;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace CoLink.Observability.Tests.Hosting;

/// <summary>Serilog's logger factory takes the place of Microsoft's; beside it each side hears each event once.</summary>
/// <remarks>Alone in the process: Serilog has a static logger.</remarks>
[Collection(nameof(ProcessWide))]
public sealed class BesideSerilogTests
{
    private readonly Collected _theirs = new();
    private readonly CollectingRoads _ours = new();

    /// <summary>Every way to register it.</summary>
    public static TheoryData<string, bool, bool> Ways()
    {
        var ways = new TheoryData<string, bool, bool>();
        foreach (var way in (string[])["services", "services and providers", "a logger", "a logger and providers", "a factory", "an instance"])
        {
            foreach (var isWeb in (bool[])[true, false])
            {
                ways.Add(way, isWeb, true);
                ways.Add(way, isWeb, false);
            }
        }

        ways.Add("the host", true, true);
        ways.Add("the host", true, false);
        ways.Add("the host and providers", true, true);
        ways.Add("the host and providers", true, false);
        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Each_side_hears_each_event_once_with_its_scopes(string way, bool isWeb, bool before)
    {
        var (another, handsOn) = (new CollectingLogs(), way.EndsWith("providers", StringComparison.Ordinal));
        await using var host = await StartAsync(isWeb, before, builder => Use(builder, way), another);
        var logger = host.Services.GetRequiredService<ILogger<BesideSerilogTests>>();

        using (logger.BeginScope(new Dictionary<string, object> { ["Order"] = 7 }))
        using (logger.BeginScope("part {Part}", "billing"))
            logger.LogInformation("paid {Amount}", 12);

        foreach (var events in (IReadOnlyCollection<LogEvent>[])[_theirs.Events, _ours.Loki])
        {
            var paid = Assert.Single(events, logged => logged.MessageTemplate.Text == "paid {Amount}");
            Assert.Equal(("12", "7", "\"billing\"", "[\"part billing\"]"), (paid.Shown("Amount"), paid.Shown("Order"), paid.Shown("Part"), paid.Shown("Scope")));
            Assert.Equal($"\"{typeof(BesideSerilogTests).FullName}\"", paid.Shown("SourceContext"));
            Assert.Single(events, logged => logged.Message().StartsWith("CoLink.Observability ", StringComparison.Ordinal));
        }

        Assert.Equal(handsOn ? 1 : 0, another.Lines.Count(line => line.Message == "paid 12"));
        Assert.Null(_ours.Format);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_end_with_the_host(bool isAsynchronous)
    {
        var host = await StartAsync(isWeb: true, before: true, builder => Use(builder, "services"));

        await host.StopAsync(TestContext.Current.CancellationToken);
        if (isAsynchronous)
            await ((IAsyncDisposable)host).DisposeAsync();
        else
            host.Dispose();

        Assert.Equal(1, _theirs.Disposed);
        Assert.Equal(["loki"], _ours.Ended);
    }

    /// <summary>Who made the factory himself ends it himself.</summary>
    [Fact]
    public async Task An_instance_of_the_apps_is_left_to_it()
    {
        await using (await StartAsync(isWeb: false, before: true, builder => Use(builder, "an instance")))
        {
        }

        Assert.Equal(0, _theirs.Disposed);
    }

    [Fact]
    public async Task Filters_of_the_framework_hold_for_ours_and_Serilogs_own_for_Serilogs()
    {
        await using var host = await StartAsync(
            isWeb: true, before: true, builder => Use(builder, "services"),
            settings: new() { ["Logging:LogLevel:quiet"] = "Warning", ["Logging:CoLink:LogLevel:quieter"] = "Error" });
        var loggers = host.Services.GetRequiredService<ILoggerFactory>();

        loggers.CreateLogger("quiet").LogInformation("a");
        loggers.CreateLogger("quieter").LogWarning("b");
        loggers.CreateLogger("loud").LogDebug("c");
        loggers.CreateLogger("loud").LogInformation("d");

        string[] said = ["a", "b", "c", "d"];
        Assert.Equal(["d"], _ours.Loki.Select(logged => logged.Message()).Where(said.Contains));
        Assert.Equal(said, _theirs.Events.Select(logged => logged.Message()).Where(said.Contains));
        Assert.True(loggers.CreateLogger("quiet").IsEnabled(LogLevel.Information));
    }

    [Fact]
    public async Task Who_asks_for_our_console_has_it_beside_Serilog()
    {
        await using var host = await StartAsync(isWeb: true, before: true, builder => Use(builder, "services"), settings: new() { ["CoLink:Observability:Logging:Console"] = "Json" });

        Assert.Equal(ConsoleFormat.Json, _ours.Format);
        Assert.Equal("\"standard output Json beside the app's Serilog, pushed to http://loki:3100, a line a request\"", Assert.Single(_theirs.Events, IsStartLine).Shown("Logs"));
    }

    /// <summary>Registered as a provider it leaves the factory alone; its console would still be a second one.</summary>
    [Fact]
    public async Task Beside_Serilog_as_a_provider_both_hear_each_event_once_and_our_console_is_silent()
    {
        await using var host = await StartAsync(isWeb: true, before: true, builder => builder.Logging.AddSerilog(NewLogger(), dispose: true));

        host.Services.GetRequiredService<ILogger<BesideSerilogTests>>().LogInformation("paid");

        Assert.Single(_theirs.Events, logged => logged.Message() == "paid");
        Assert.Single(_ours.Loki, logged => logged.Message() == "paid");
        Assert.Null(_ours.Format);
        Assert.IsType<LoggerFactory>(host.Services.GetRequiredService<ILoggerFactory>());
    }

    [Fact]
    public async Task A_factory_that_is_neither_stays_what_it_is_and_is_told_of()
    {
        var logs = new CollectingLogs();
        var own = new OwnFactory(logs);
        await using var host = await StartAsync(isWeb: true, before: true, builder => builder.Services.AddSingleton<ILoggerFactory>(_ => own));

        Assert.Same(own, host.Services.GetRequiredService<ILoggerFactory>());
        Assert.Contains(typeof(OwnFactory).FullName!, Assert.Single(logs.Of(144)).Message);
        Assert.Equal(0, (await Scrape.OfAsync(((WebApplication)host.Host).GetTestClient())).Value("colink_telemetry_source_active", ("source", "ILoggerFactory")));
    }

    private static bool IsStartLine(LogEvent logged) => logged.MessageTemplate.Text.StartsWith("CoLink.Observability ", StringComparison.Ordinal);

    private async Task<RunningHost> StartAsync(bool isWeb, bool before, Action<IHostApplicationBuilder> use, ILoggerProvider? another = null, Dictionary<string, string?>? settings = null)
    {
        IHostApplicationBuilder builder = isWeb
            ? WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production })
            : Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        if (builder is WebApplicationBuilder web)
            web.WebHost.UseTestServer();

        // As in an app: what the tests' environment says of the console is not there.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["CoLink:Observability:Logging:Loki:Url"] = "http://loki:3100",
            ["CoLink:Observability:Metrics:Port"] = isWeb ? null : $"{FreePort.Next()}",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        if (another is not null)
            builder.Logging.AddProvider(another);
        _ours.Bring(builder.Services);
        if (before)
            use(builder);
        builder.AddCoLinkObservability();
        if (!before)
            use(builder);
        IHost host = builder is WebApplicationBuilder webBuilder ? webBuilder.Build() : ((HostApplicationBuilder)builder).Build();
        await host.StartAsync();
        return new RunningHost(host);
    }

    private void Use(IHostApplicationBuilder builder, string way)
    {
        var handsOn = way.EndsWith("providers", StringComparison.Ordinal);
        var providers = handsOn ? new LoggerProviderCollection() : null;
        switch (way)
        {
            case "services" or "services and providers":
                builder.Services.AddSerilog((_, serilog) => Configure(serilog), writeToProviders: handsOn);
                break;
            case "a logger" or "a logger and providers":
                builder.Services.AddSerilog(NewLogger(providers), dispose: true, providers);
                break;
            case "a factory":
                builder.Services.AddSingleton<ILoggerFactory>(_ => new SerilogLoggerFactory(NewLogger(), dispose: true));
                break;
            case "an instance":
                builder.Services.AddSingleton<ILoggerFactory>(new SerilogLoggerFactory(NewLogger(), dispose: true));
                break;
            default:
                ((WebApplicationBuilder)builder).Host.UseSerilog((_, serilog) => Configure(serilog), writeToProviders: handsOn);
                break;
        }
    }

    private Logger NewLogger(LoggerProviderCollection? providers = null)
    {
        var serilog = new LoggerConfiguration();
        if (providers is not null)
            serilog.WriteTo.Providers(providers);
        return Configure(serilog).CreateLogger();
    }

    private LoggerConfiguration Configure(LoggerConfiguration serilog) => serilog.MinimumLevel.Debug().Enrich.FromLogContext().WriteTo.Sink(new Sink(_theirs));

    private sealed record RunningHost(IHost Host) : IAsyncDisposable
    {
        public IServiceProvider Services => Host.Services;

        public Task StopAsync(CancellationToken cancellation) => Host.StopAsync(cancellation);

        public void Dispose() => Host.Dispose();

        public async ValueTask DisposeAsync()
        {
            await Host.StopAsync();
            await ((IAsyncDisposable)Host).DisposeAsync();
        }
    }

    private sealed class Collected
    {
        public ConcurrentQueue<LogEvent> Events { get; } = new();

        public int Disposed { get; set; }
    }

    private sealed class Sink(Collected collected) : ILogEventSink, IDisposable
    {
        public void Emit(LogEvent logEvent) => collected.Events.Enqueue(logEvent);

        public void Dispose() => collected.Disposed++;
    }

    private sealed class OwnFactory(CollectingLogs logs) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => logs.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }
}
