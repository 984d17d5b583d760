using CoLink.Observability.Logging.Loki;
using Serilog.Core;

namespace CoLink.Observability.Logging;

/// <summary>The push to Loki.</summary>
/// <param name="Address">Where to, without a secret.</param>
/// <param name="Sink">Takes an event, at once.</param>
/// <param name="Ledger">What became of each.</param>
/// <param name="StopAsync">Delivers what waits within the given time, or within that of the options, and settles the rest.</param>
internal sealed record LokiRoad(string Address, ILogEventSink Sink, LogLedger Ledger, Func<TimeSpan?, Task> StopAsync)
{
    /// <summary>When the oldest event was made that has met no fate yet; null where there is none.</summary>
    public Func<DateTimeOffset?> OldestHeld { get; init; } = () => null;

    /// <summary>Why it takes none; null while it does.</summary>
    public Func<string?> WhyFailing { get; init; } = () => null;

    /// <summary>When Loki last took a push; null until it has.</summary>
    public Func<DateTimeOffset?> LastSuccess { get; init; } = () => null;

    /// <summary>Has each push reported: its result, how long it took, and why it failed where it did.</summary>
    public Action<Action<string, TimeSpan, PushFailure?>> OnPush { get; init; } = _ => { };

    /// <summary>What waits on disk; null where there is no spool.</summary>
    public SpoolRoom? Spool { get; init; }
}

/// <param name="Directory">Where it is.</param>
/// <param name="Bytes">How large it is now.</param>
/// <param name="MaxBytes">How large it may grow.</param>
internal sealed record SpoolRoom(string Directory, Func<long> Bytes, long MaxBytes);

/// <summary>Opens the push to Loki.</summary>
internal delegate LokiRoad OpenLoki(RoadSetup setup);
