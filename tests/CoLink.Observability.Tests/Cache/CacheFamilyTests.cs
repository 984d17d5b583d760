using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Cache;

/// <summary>What Redis servers are asked has its suite in the tests of their package.</summary>
public sealed class CacheFamilyTests : FamilyConformance
{
    private protected override MetricDefinition[] Metrics => [CacheCatalogue.Hits, CacheCatalogue.Misses];

    private protected override string Observer => Observers.Cache;

    private protected override string Switch => "Cache:Enabled";

    private protected override void Bring(IServiceCollection services) => services.AddDistributedMemoryCache();

    private protected override async Task FillAsync(RunningApp app) =>
        Assert.Null(await app.Services.GetRequiredService<IDistributedCache>().GetAsync("nothing"));
}
