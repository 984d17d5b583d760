using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Exposition;

/// <summary>The registry, the exposition and the host fill it together.</summary>
public sealed class SelfFamilyTests : FamilyConformance
{
    /// <summary>
    /// But for the listener's: with a port of the library's own the app's does not answer, and that has its tests. Logs and traces
    /// have a family each.
    /// </summary>
    private protected override MetricDefinition[] Metrics => [.. SelfCatalogue.All.Except([SelfCatalogue.ListenerUp, .. Elsewhere])];

    private static readonly MetricDefinition[] Elsewhere =
        [.. LogCatalogue.All, SelfCatalogue.Spans, SelfCatalogue.ExportFailures, SelfCatalogue.ConsecutiveFailures, SelfCatalogue.LastSuccess];

    private protected override string Observer => Observers.Registry;

    private protected override bool CanBeAbsent => false;

    /// <summary>Its open labels are the names of metrics and what the configuration says: as many as there are.</summary>
    private protected override bool IsGuarded(MetricDefinition metric) => false;

    private protected override async Task FillAsync(RunningApp app) => await app.ScrapeAsync();

    private protected override void Break(WebApplication app) =>
        app.Services.GetRequiredService<MetricRegistry>().BeforeScrape(Observers.Registry, () => throw new InvalidOperationException("no value"));
}
