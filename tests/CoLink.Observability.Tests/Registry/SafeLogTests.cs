using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Registry;

public sealed class SafeLogTests
{
    [Fact]
    public async Task A_provider_of_logs_that_throws_ends_neither_the_process_nor_a_request_when_a_cap_is_reached()
    {
        var logger = new ThrowingLogger();
        var registry = new MetricRegistry(new SeriesLimits(1, new Dictionary<string, int>()), logger);
        var opened = registry.Counter("shop_carts_opened_total", "Carts opened.", "country");

        opened.Inc("at");
        opened.Inc("ch");

        // It is told on another thread, where an exception would end the process.
        await Eventually.IsTrue(() => logger.Calls == 1);
        Assert.Equal(1, opened.Read([LabelValues.Other]));
    }

    [Fact]
    public void A_provider_of_logs_that_throws_does_not_reach_who_reports_a_failure()
    {
        var logger = new ThrowingLogger();
        var registry = new MetricRegistry(SeriesLimits.Default, logger);

        registry.Failed(Observers.Http, new InvalidOperationException("a defect of ours"));

        Assert.Equal(1, logger.Calls);
        Assert.Equal(1, registry.Counter(SelfCatalogue.ObserverErrors).Read([Observers.Http]));
    }

    private sealed class ThrowingLogger : ILogger
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Interlocked.Increment(ref _calls);
            throw new IOException("The disk of the logs is full.");
        }
    }
}
