using Serilog.Events;

namespace CoLink.Observability.Logging;

/// <summary>Where events go: to standard output, to Loki, to both or nowhere.</summary>
/// <param name="console">Standard output; null where nothing of ours is written to it.</param>
/// <param name="loki">Loki; null where nothing is pushed.</param>
/// <param name="time">The host's clock.</param>
internal sealed class LogRoads(ConsoleRoad? console, LokiRoad? loki, TimeProvider time)
{
    public static LogRoads None(TimeProvider time) => new(null, null, time);

    public ConsoleRoad? Console => console;

    public LokiRoad? Loki => loki;

    public TimeProvider Time => time;

    public bool AreNone => console is null && loki is null;

    /// <summary>Why a road that was asked for is not there; null where none is missing.</summary>
    public Exception? Failure { get; init; }

    /// <summary>No sink throws, and none waits but for the last words of a process that dies.</summary>
    public void Emit(LogEvent logEvent)
    {
        console?.Sink.Emit(logEvent);
        loki?.Sink.Emit(logEvent);
    }

    /// <summary>An event found no place before the roads were open.</summary>
    public void Lost()
    {
        loki?.Ledger.Emitted();
        loki?.Ledger.DroppedAtQueue();
    }

    /// <summary>Standard output ends last: what could not be delivered is said there.</summary>
    /// <param name="patience">How long Loki has; null for as long as its options say.</param>
    public async Task StopAsync(TimeSpan? patience)
    {
        try
        {
            if (loki is not null)
                await loki.StopAsync(patience);
        }
        finally
        {
            if (console is not null)
                await console.StopAsync();
        }
    }
}
