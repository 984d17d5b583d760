using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Cache;

public sealed class HybridCacheSourceTests : ObserverConformance
{
    private protected override MetricDefinition[] Metrics => [CacheCatalogue.Hits, CacheCatalogue.Misses];

    private protected override string Observer => Observers.Cache;

    private protected override string Source => Sources.HybridCache;

    /// <summary>It is decorated, not listened to.</summary>
    private protected override bool IsFoundInTheContainer => true;

    private protected override bool IsPerProcess => false;

    private protected override void Bring(IServiceCollection services) => services.AddHybridCache();

    private protected override double Heard(Scrape scrape) =>
        scrape.Sum(CacheCatalogue.Hits.Name, ("cache", "hybrid")) + scrape.Sum(CacheCatalogue.Misses.Name, ("cache", "hybrid"));

    private protected override async Task SpeakAsync(RunningApp app) =>
        Assert.Equal("one", await app.Services.GetRequiredService<HybridCache>().GetOrCreateAsync("a", _ => ValueTask.FromResult("one")));

    private protected override async Task MisbehaveAsync(RunningApp app)
    {
        var cache = app.Services.GetRequiredService<HybridCache>();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await cache.GetOrCreateAsync<string>("broken", _ => throw new InvalidOperationException()));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await cache.GetOrCreateAsync("broken", _ => ValueTask.FromException<string>(new InvalidOperationException())));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await cache.GetOrCreateAsync("b", async cancellation => await Task.FromCanceled<string>(new CancellationToken(canceled: true))));
    }
}
