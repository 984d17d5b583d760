using CoLink.Observability.Hosting;
using CoLink.Observability.Logging;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Logging;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Hosting;

/// <summary>Who writes to standard output, and who hears.</summary>
public sealed class HostLogsTests
{
    private readonly CollectingRoads _roads = new();

    /// <summary>What the app does before the call and after it, whether its console provider is there at last, and what of ours is.</summary>
    public static TheoryData<string, string, bool, ConsoleFormat?> Consoles { get; } = new()
    {
        { "", "", false, ConsoleFormat.Json },
        { "clear", "", false, ConsoleFormat.Json },
        { "clear, add", "", false, ConsoleFormat.Json },
        { "development", "", false, ConsoleFormat.Text },
        { "text", "", false, ConsoleFormat.Text },
        { "none", "", false, null },
        { "off", "", true, null },
        { "off, clear", "", false, null },
        { "off", "add", true, null },
        { "", "add", true, null },
        { "", "json", true, null },
        { "", "clear", false, ConsoleFormat.Json },
        { "", "clear, add", true, null },
        { "text", "add", true, ConsoleFormat.Text },
        { "none", "add", true, null },
    };

    [Theory]
    [MemberData(nameof(Consoles))]
    public async Task The_console_provider_at_the_call_is_replaced_and_a_later_one_stays(string before, string after, bool theirs, ConsoleFormat? ours)
    {
        foreach (var isWeb in (bool[])[true, false])
        {
            using var host = Build(isWeb, builder => Do(builder, before), builder => Do(builder, after), environment: before == "development" ? Environments.Development : null);
            var opened = await host.Services.GetRequiredService<LogPipeline>().OpenAsync();

            Assert.Equal(theirs ? 1 : 0, host.Services.GetServices<ILoggerProvider>().OfType<ConsoleLoggerProvider>().Count());
            Assert.Equal(ours, opened.Console?.Format);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("clear")]
    [InlineData("clear, add")]
    public async Task Whatever_the_app_does_with_the_providers_Loki_hears_each_event_once(string after)
    {
        using var host = Build(isWeb: true, builder => builder.Configuration.AddInMemoryCollection(Loki), builder => Do(builder, after));
        await host.Services.GetRequiredService<LogPipeline>().OpenAsync();

        host.Services.GetRequiredService<ILogger<HostLogsTests>>().LogInformation("said");

        Assert.Single(_roads.Loki, logged => logged.Message() == "said");
    }

    [Fact]
    public async Task The_frameworks_filters_decide_and_ours_alone_by_its_alias()
    {
        var logs = new CollectingLogs();
        using var host = Build(
            isWeb: true,
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(Loki);
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["Logging:LogLevel:quiet"] = "Warning",
                    ["Logging:CoLink:LogLevel:quieter"] = "Error",
                    ["Logging:CoLink:LogLevel:loud"] = "Trace",
                });
                builder.Logging.AddProvider(logs);
            });
        var loggers = host.Services.GetRequiredService<ILoggerFactory>();
        await host.Services.GetRequiredService<LogPipeline>().OpenAsync();

        loggers.CreateLogger("quiet").LogInformation("a");
        loggers.CreateLogger("quieter").LogWarning("b");
        loggers.CreateLogger("loud").LogTrace("c");
        loggers.CreateLogger("other").LogInformation("d");

        string[] said = ["a", "b", "c", "d"];
        Assert.Equal(["c", "d"], _roads.Loki.Select(logged => logged.Message()).Where(said.Contains));
        Assert.Equal(["b", "d"], logs.Lines.Select(line => line.Message).Where(said.Contains));
    }

    /// <summary>The failure is one of the events that wait for the options, and the options are what failed.</summary>
    [Theory]
    [InlineData("Metrics:Port", "http", ConsoleFormat.Json)]
    [InlineData("Logging:Console", "Xml", ConsoleFormat.Json)]
    [InlineData("Logging:Loki:Url", "loki", ConsoleFormat.Json)]
    public async Task Invalid_options_stop_the_host_at_its_start_and_the_console_says_why(string key, string value, ConsoleFormat format)
    {
        using var host = Build(isWeb: true, builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [$"CoLink:Observability:{key}"] = value }));

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        host.Dispose();

        Assert.Equal(format, _roads.Format);
        var failure = Assert.Single(_roads.Console, logged => logged.Exception is OptionsValidationException);
        Assert.Contains($"CoLink:Observability:{key} is '{value}'", failure.Exception!.Message);
        Assert.Empty(_roads.Loki);
    }

    [Fact]
    public async Task Options_that_are_made_with_a_logger_are_no_circle()
    {
        using var host = Build(isWeb: true, builder =>
        {
            builder.Configuration.AddInMemoryCollection(Loki);
            builder.Services.AddOptions<CoLinkObservabilityOptions>().Configure<ILogger<HostLogsTests>>((options, logger) =>
            {
                logger.LogInformation("configuring");
                options.ServiceName = "named";
            });
            builder.Services.AddSingleton(provider =>
            {
                provider.GetRequiredService<ILogger<HostLogsTests>>().LogInformation("a clock");
                return TimeProvider.System;
            });
        });

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal("named", _roads.Setup!.App);
        Assert.Contains(_roads.Loki, logged => logged.Message() == "configuring");
        Assert.Contains(_roads.Loki, logged => logged.Message() == "a clock");
    }

    [Fact]
    public async Task A_road_that_does_not_open_is_counted_and_the_other_one_is_open()
    {
        using var host = Build(isWeb: true, builder =>
        {
            builder.Configuration.AddInMemoryCollection(Loki);
            builder.Services.AddSingleton(new OpenLoki(_ => throw new InvalidOperationException("no road")));
            builder.Services.AddSingleton(new OpenConsole(_roads.OpenConsole));
        }, bring: false);

        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, host.Services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_observer_errors_total")!.Read(["logging"]));
        Assert.Contains(_roads.Console, logged => logged.Exception?.Message == "no road");
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The last events are those of the stop, and of what ends with the container.</summary>
    [Fact]
    public async Task The_last_events_of_a_host_arrive_and_what_comes_later_is_counted()
    {
        var host = Build(isWeb: true, builder =>
        {
            builder.Configuration.AddInMemoryCollection(Loki);
            builder.Services.AddSingleton<SaysGoodbye>();
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        var late = host.Services.GetRequiredService<ILogger<HostLogsTests>>();
        host.Services.GetRequiredService<SaysGoodbye>();
        await host.StopAsync(TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)host).DisposeAsync();

        late.LogInformation("too late");

        Assert.Contains(_roads.Loki, logged => logged.Message() == "goodbye");
        Assert.Equal(["loki", "console"], _roads.Ended);
        Assert.Equal(1, _roads.Ledger.Read().Of(CoLink.Observability.Logging.Loki.LogFate.DroppedShutdown));
    }

    private static Dictionary<string, string?> Loki => new() { ["CoLink:Observability:Logging:Loki:Url"] = "http://loki:3100" };

    private IHost Build(bool isWeb, Action<IHostApplicationBuilder> before, Action<IHostApplicationBuilder>? after = null, bool bring = true, string? environment = null)
    {
        IHostApplicationBuilder builder = isWeb
            ? WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment ?? Environments.Production })
            : Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment ?? Environments.Production });
        if (builder is WebApplicationBuilder web)
            web.WebHost.UseTestServer();

        // As in an app: what the tests' environment says of the console is not there.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["CoLink:Observability:Metrics:Port"] = isWeb ? null : $"{FreePort.Next()}" });
        if (bring)
            _roads.Bring(builder.Services);
        before(builder);
        builder.AddCoLinkObservability();
        after?.Invoke(builder);
        return builder is WebApplicationBuilder webBuilder ? webBuilder.Build() : ((HostApplicationBuilder)builder).Build();
    }

    private static void Do(IHostApplicationBuilder builder, string what)
    {
        foreach (var one in what.Split(", "))
        {
            switch (one)
            {
                case "clear":
                    builder.Logging.ClearProviders();
                    break;
                case "add":
                    builder.Logging.AddConsole();
                    break;
                case "json":
                    builder.Logging.AddJsonConsole();
                    break;
                case "off":
                    builder.Configuration["CoLink:Observability:Logging:Enabled"] = "false";
                    break;
                case "text" or "none":
                    builder.Configuration["CoLink:Observability:Logging:Console"] = one;
                    break;
            }
        }
    }

    private sealed class SaysGoodbye(ILogger<HostLogsTests> logger) : IDisposable
    {
        public void Dispose() => logger.LogInformation("goodbye");
    }
}
