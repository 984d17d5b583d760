using CoLink.Observability.Catalogue;
using CoLink.Observability.Logging;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Logging;

public sealed class LoggerFactorySourceTests : ObserverConformance
{
    private protected override MetricDefinition[] Metrics => [LogCatalogue.Emitted];

    private protected override string Observer => Observers.Logging;

    private protected override string Source => Sources.LoggerFactory;

    /// <summary>Every host has one, and it asks for loggers before it is asked for metrics.</summary>
    private protected override bool IsAlwaysThere => true;

    private protected override bool IsPerProcess => false;

    /// <summary>Each scrape would be several events.</summary>
    private protected override void Build(WebApplicationBuilder builder) => builder.Logging.AddFilter<LogProvider>((category, _) => category == "app");

    private protected override void Bring(IServiceCollection services) => new CollectingRoads().Bring(services);

    private protected override void Configure(CoLinkObservabilityOptions options) => options.Logging.Loki.Url = "http://loki:3100";

    private protected override double Heard(Scrape scrape) => scrape.Sum(LogCatalogue.Emitted.Name);

    private protected override Task SpeakAsync(RunningApp app)
    {
        Logger(app).LogInformation("said");
        return Task.CompletedTask;
    }

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        var logger = Logger(app);
        logger.Log<object?>(LogLevel.Information, default, null, null, (_, _) => null!);
        logger.Log(LogLevel.Information, default, new KeyValuePair<string, object?>[] { new(null!, 1), new("", 2), new("@", 3), new("$", null), new("{OriginalFormat}", 4), new("a", null), new("a", 5) }, null, (_, _) => "text");
        logger.Log((LogLevel)17, default, "text", new InvalidOperationException(), (text, _) => text);
        logger.Log(LogLevel.None, default, "text", null, (text, _) => text);
        logger.Log(LogLevel.Information, default, new KeyValuePair<string, object?>[] { new("{OriginalFormat}", "{unbalanced {} {{ }") }, null, (_, _) => "text");
        using (logger.BeginScope(new KeyValuePair<string, object?>[] { new(null!, 1), new("{OriginalFormat}", null) }))
        using (logger.BeginScope(""))
            logger.LogInformation("in scopes");
        return Task.CompletedTask;
    }

    private static ILogger Logger(RunningApp app) => app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("app");
}
