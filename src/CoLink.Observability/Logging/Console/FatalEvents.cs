using System.Collections.Concurrent;
using System.Diagnostics;
using Serilog.Events;

namespace CoLink.Observability.Logging.Console;

/// <summary>The fatal events that somebody waits for.</summary>
internal sealed class FatalEvents
{
    private readonly ConcurrentDictionary<LogEvent, Wait> _waits = new(ReferenceEqualityComparer.Instance);

    public Wait Begin(LogEvent logEvent) => _waits.GetOrAdd(logEvent, static _ => new Wait());

    public void End(LogEvent logEvent) => _waits.TryRemove(logEvent, out _);

    public void Settle(LogEvent logEvent)
    {
        if (_waits.TryGetValue(logEvent, out var wait))
            wait.Settle();
    }

    /// <summary>The queue did not take it.</summary>
    /// <returns>False where nobody waits for the event.</returns>
    public bool Refuse(LogEvent logEvent)
    {
        if (!_waits.TryGetValue(logEvent, out var wait))
            return false;
        wait.IsRefused = true;
        return true;
    }

    internal sealed class Wait
    {
        private readonly object _gate = new();
        private readonly long _started = Stopwatch.GetTimestamp();
        private bool _isSettled;

        /// <summary>Set by the thread that waits, while it emits.</summary>
        public bool IsRefused { get; set; }

        public void Settle()
        {
            lock (_gate)
            {
                _isSettled = true;
                Monitor.PulseAll(_gate);
            }
        }

        /// <summary>Waits until the event is settled or this much time has passed since the wait began.</summary>
        public bool Until(TimeSpan sinceBegin)
        {
            lock (_gate)
            {
                while (!_isSettled && sinceBegin - Stopwatch.GetElapsedTime(_started) is { Ticks: > 0 } left)
                    Monitor.Wait(_gate, left);
                return _isSettled;
            }
        }
    }
}
