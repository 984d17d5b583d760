using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Runtime;

public sealed class RuntimeFamilyTests : FamilyConformance
{
    private protected override MetricDefinition[] Metrics => RuntimeCatalogue.All;

    private protected override string Observer => Observers.Runtime;

    private protected override string Switch => "Runtime:Enabled";

    /// <summary>The scrape fills it.</summary>
    private protected override Task FillAsync(RunningApp app) => Task.CompletedTask;
}
