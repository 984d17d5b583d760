using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Cache;

public sealed class MemoryCacheSourceTests : ObserverConformance
{
    private protected override MetricDefinition[] Metrics => [CacheCatalogue.Hits, CacheCatalogue.Misses];

    private protected override string Observer => Observers.Cache;

    private protected override string Source => Sources.MemoryCache;

    /// <summary>It is decorated, not listened to.</summary>
    private protected override bool IsFoundInTheContainer => true;

    private protected override bool IsPerProcess => false;

    private protected override void Bring(IServiceCollection services) => services.AddMemoryCache();

    private protected override double Heard(Scrape scrape) =>
        scrape.Sum(CacheCatalogue.Hits.Name, ("cache", "memory")) + scrape.Sum(CacheCatalogue.Misses.Name, ("cache", "memory"));

    private protected override Task SpeakAsync(RunningApp app)
    {
        Assert.False(app.Services.GetRequiredService<IMemoryCache>().TryGetValue("nothing", out _));
        return Task.CompletedTask;
    }

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        var cache = app.Services.GetRequiredService<IMemoryCache>();
        Assert.Throws<ArgumentNullException>(() => cache.TryGetValue(null!, out _));
        Assert.Throws<NotSupportedException>(() => cache.TryGetValue(new KeyWithoutHash(), out _));
        return Task.CompletedTask;
    }

    private sealed class KeyWithoutHash
    {
        public override bool Equals(object? obj) => throw new NotSupportedException();

        public override int GetHashCode() => throw new NotSupportedException();
    }
}
