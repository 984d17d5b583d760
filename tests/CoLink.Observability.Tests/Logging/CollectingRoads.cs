using System.Collections.Concurrent;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Loki;
using Microsoft.Extensions.DependencyInjection;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging;

/// <summary>Standard output and Loki that keep what arrives.</summary>
internal sealed class CollectingRoads
{
    private readonly ConcurrentQueue<LogEvent> _console = new();
    private readonly ConcurrentQueue<LogEvent> _loki = new();
    private Action<string, TimeSpan, PushFailure?>? _pushed;

    public IReadOnlyCollection<LogEvent> Console => _console;

    public IReadOnlyCollection<LogEvent> Loki => _loki;

    /// <summary>What standard output was opened for; null where it was not.</summary>
    public ConsoleFormat? Format { get; private set; }

    public RoadSetup? Setup { get; private set; }

    public LogLedger Ledger { get; } = new();

    public DateTimeOffset? OldestHeld { get; set; }

    public DateTimeOffset? LastSuccess { get; set; }

    public SpoolRoom? Spool { get; set; }

    /// <summary>In which order the roads were ended, each with its patience.</summary>
    public ConcurrentQueue<string> Ended { get; } = new();

    /// <summary>How long Loki takes to end.</summary>
    public Func<Task> WhileEnding { get; set; } = () => Task.CompletedTask;

    public void Pushed(string result, TimeSpan elapsed, PushFailure? failure = null) => _pushed?.Invoke(result, elapsed, failure);

    public void Bring(IServiceCollection services) => services.AddSingleton(new OpenConsole(OpenConsole)).AddSingleton(new OpenLoki(OpenLoki));

    public ConsoleRoad OpenConsole(ConsoleFormat format, RoadSetup setup)
    {
        (Format, Setup) = (format, setup);
        return new ConsoleRoad(format, new Sink(_console.Enqueue), () => _console.Count, () => 0, () =>
        {
            Ended.Enqueue("console");
            return Task.CompletedTask;
        });
    }

    public LokiRoad OpenLoki(RoadSetup setup)
    {
        Setup = setup;
        return new LokiRoad(setup.Options.Loki.Url!, new Sink(Take), Ledger, async patience =>
        {
            Ended.Enqueue($"loki {patience}".TrimEnd());
            await WhileEnding();
        })
        {
            OldestHeld = () => OldestHeld,
            LastSuccess = () => LastSuccess,
            OnPush = pushed => _pushed = pushed,
            Spool = Spool,
        };
    }

    private void Take(LogEvent logEvent)
    {
        Ledger.Emitted();
        if (!Ended.IsEmpty)
            Ledger.DroppedLate();
        _loki.Enqueue(logEvent);
    }

    private sealed class Sink(Action<LogEvent> take) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => take(logEvent);
    }
}
