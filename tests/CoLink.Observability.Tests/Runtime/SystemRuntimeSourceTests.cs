using System.Diagnostics;
using System.Diagnostics.Metrics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Runtime;

public sealed class SystemRuntimeSourceTests : ObserverConformance, IDisposable
{
    /// <summary>A second meter of the runtime's name.</summary>
    private readonly Meter _second = new(RuntimeCatalogue.MeterName);

    private protected override MetricDefinition[] Metrics => RuntimeCatalogue.All;

    private protected override string Observer => Observers.Runtime;

    private protected override string Source => RuntimeCatalogue.MeterName;

    private protected override bool IsAlwaysThere => true;

    public void Dispose() => _second.Dispose();

    private protected override double Heard(Scrape scrape) => scrape.Sum(RuntimeCatalogue.Exceptions.Name);

    private protected override Task SpeakAsync(RunningApp app)
    {
        try
        {
            throw new UnreachableException();
        }
        catch (UnreachableException)
        {
            // Handled ones count.
        }

        return Task.CompletedTask;
    }

    private protected override Task MisbehaveAsync(RunningApp app)
    {
        _second.CreateHistogram<double>("dotnet.exceptions").Record(1e9, new KeyValuePair<string, object?>("error.type", null));
        _second.CreateObservableGauge("dotnet.gc.collections", () => new Measurement<long>(1, new KeyValuePair<string, object?>("gc.heap.generation", "gen9")));
        _second.CreateObservableCounter("dotnet.thread_pool.thread.count", Unreachable);
        _second.CreateCounter<byte>("dotnet.unknown").Add(1, new KeyValuePair<string, object?>("", new object()));
        return Task.CompletedTask;
    }

    private static int Unreachable() => throw new UnreachableException();
}
