using CoLink.Observability.Catalogue;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Logging;

/// <summary>The logs' own family. What is counted is counted on the roads, and read at each scrape; a road that is not there has no series.</summary>
internal sealed class LogMetrics
{
    private const string Signal = "logs";

    private readonly MetricRegistry _registry;
    private readonly TimeProvider _time;

    public LogMetrics(MetricRegistry registry, LogPipeline pipeline, LogRoads roads)
    {
        (_registry, _time) = (registry, roads.Time);
        var source = registry.Gauge(SelfCatalogue.SourceActive).With(Sources.LoggerFactory);
        registry.BeforeScrape(Observers.Logging, () => source.Set(pipeline.IsHeard ? 1 : 0));
        if (roads.Console is { } console)
            Follow(console);
        if (roads.Loki is { } loki)
            Follow(loki);
    }

    private void Follow(ConsoleRoad console)
    {
        var events = EachOf(_registry.Counter(LogCatalogue.ConsoleEvents));
        _registry.BeforeScrape(Observers.Logging, () =>
        {
            events[0].Follow(console.Written());
            events[1].Follow(console.Dropped());
        });
    }

    private void Follow(LokiRoad loki)
    {
        FollowLedger(loki.Ledger);
        FollowPushes(loki);
        var oldest = _registry.Gauge(LogCatalogue.OldestHeld).With();
        _registry.BeforeScrape(Observers.Logging, () =>
        {
            oldest.Set(loki.OldestHeld() is { } made ? Math.Max(0, (_time.GetUtcNow() - made).TotalSeconds) : 0);
            if (loki.LastSuccess() is { } success)
                _registry.Gauge(SelfCatalogue.LastSuccess).Set((success - DateTimeOffset.UnixEpoch).TotalSeconds, Signal);
        });
        if (loki.Spool is not { } spool)
            return;
        var bytes = _registry.Gauge(LogCatalogue.SpoolBytes).With();
        _registry.Gauge(LogCatalogue.SpoolMaxBytes).Set(spool.MaxBytes);
        _registry.BeforeScrape(Observers.Logging, () => bytes.Set(spool.Bytes()));
    }

    private void FollowLedger(LogLedger ledger)
    {
        var (emitted, adopted) = (_registry.Counter(LogCatalogue.Emitted).With(), _registry.Counter(LogCatalogue.Adopted).With());
        var (fates, refusals) = (EachOf(_registry.Counter(LogCatalogue.Events)), EachOf(_registry.Counter(LogCatalogue.Rejected)));
        var held = LogCatalogue.Held.Labels[0].Values.Select(place => _registry.Gauge(LogCatalogue.Held).With(place)).ToArray();
        _registry.BeforeScrape(Observers.Logging, () =>
        {
            var now = ledger.Read();
            emitted.Follow(now.Emitted);
            adopted.Follow(now.Adopted);
            foreach (var fate in Enum.GetValues<LogFate>())
                fates[(int)fate].Follow(now.Of(fate));
            foreach (var reason in Enum.GetValues<LogRefusal>())
                refusals[(int)reason].Follow(now.Refusals[(int)reason]);
            held[0].Set(now.Queued);
            held[1].Set(now.InFlight);
            held[2].Set(now.Spooled);
        });
    }

    private void FollowPushes(LokiRoad loki)
    {
        var pushes = _registry.Counter(LogCatalogue.Pushes);
        var durations = _registry.Histogram(LogCatalogue.PushDuration);
        foreach (var result in LogCatalogue.PushResult.Values)
        {
            pushes.With(result);
            durations.With(result);
        }

        var failures = SelfCatalogue.ExportFailures.Labels[1].Values.Select(reason => _registry.Counter(SelfCatalogue.ExportFailures).With(Signal, reason)).ToArray();
        loki.OnPush((result, elapsed, failure) =>
        {
            pushes.Inc(result);
            durations.Observe(elapsed.TotalSeconds, result);
            if (failure is { } reason)
                failures[(int)reason].Inc();
        });
    }

    /// <summary>All of them at 0 from the start: the first refusal must be an increase.</summary>
    private static CounterSeries[] EachOf(CounterFamily family) => [.. family.Definition.Labels[0].Values.Select(value => family.With(value))];
}
