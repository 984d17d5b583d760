using CoLink.Observability.Database;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Registry;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database;

/// <summary>The observer and a registry, without an app.</summary>
internal sealed class ObservedDatabases : IDisposable
{
    private readonly DatabaseObserver _observer;
    private readonly DatabaseSpans _spans;

    public ObservedDatabases(bool operations = true, int limit = 1000, bool recordSql = false)
    {
        Registry = TestRegistry.New(limit);
        _spans = new DatabaseSpans(isEnabled: true, recordSql, Registry.Metrics);
        _observer = new DatabaseObserver(new DatabaseMetrics(Registry.Metrics), _spans, Registry.Metrics, TimeProvider.System);
        _observer.Start(operations);
    }

    public TestRegistry Registry { get; }

    public Task<Scrape> ScrapeAsync() => Registry.ScrapeAsync();

    /// <summary>Every failure of an observer, and what was refused: nothing of either must come from a driver.</summary>
    public static double Failures(Scrape scrape) => scrape.Sum("colink_telemetry_observer_errors_total");

    public void Dispose()
    {
        _observer.Dispose();
        _spans.Dispose();
    }
}
