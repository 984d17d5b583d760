using System.Buffers;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Cache;

public sealed class DistributedCacheSourceTests : ObserverConformance
{
    private protected override MetricDefinition[] Metrics => [CacheCatalogue.Hits, CacheCatalogue.Misses];

    private protected override string Observer => Observers.Cache;

    private protected override string Source => Sources.DistributedCache;

    /// <summary>It is decorated, not listened to.</summary>
    private protected override bool IsFoundInTheContainer => true;

    private protected override bool IsPerProcess => false;

    private protected override void Bring(IServiceCollection services) => services.AddSingleton<IDistributedCache, OwnBufferCache>();

    private protected override double Heard(Scrape scrape) =>
        scrape.Sum(CacheCatalogue.Hits.Name, ("cache", "distributed")) + scrape.Sum(CacheCatalogue.Misses.Name, ("cache", "distributed"));

    private protected override async Task SpeakAsync(RunningApp app) =>
        Assert.Null(await app.Services.GetRequiredService<IDistributedCache>().GetAsync("nothing"));

    private protected override async Task MisbehaveAsync(RunningApp app)
    {
        var cache = app.Services.GetRequiredService<IDistributedCache>();
        var buffers = Assert.IsAssignableFrom<IBufferDistributedCache>(cache);
        Assert.Throws<InvalidOperationException>(() => cache.Get("broken"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.GetAsync("broken"));
        Assert.Throws<InvalidOperationException>(() => buffers.TryGet("broken", new ArrayBufferWriter<byte>()));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await buffers.TryGetAsync("broken", new ArrayBufferWriter<byte>()));
        Assert.Throws<ArgumentNullException>(() => cache.Get(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => cache.GetAsync(null!));
    }
}
