using CoLink.Observability.Catalogue;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Logging;

public sealed class LogFamilyTests : FamilyConformance
{
    private readonly CollectingRoads _roads = new() { LastSuccess = DateTimeOffset.UnixEpoch, Spool = new SpoolRoom("/spool", () => 0, LokiOptions.DefaultSpoolMaxBytes) };

    private protected override MetricDefinition[] Metrics => [.. LogCatalogue.All, SelfCatalogue.LastSuccess, SelfCatalogue.ExportFailures];

    private protected override string Observer => Observers.Logging;

    private protected override string Switch => "Logging:Enabled";

    private protected override void Configure(CoLinkObservabilityOptions options) => (options.Logging.Console, options.Logging.Loki.Url) = (ConsoleFormat.Json, "http://loki:3100");

    private protected override void Bring(IServiceCollection services) => _roads.Bring(services);

    private protected override Task FillAsync(RunningApp app)
    {
        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("app").LogInformation("said");
        return Task.CompletedTask;
    }
}
