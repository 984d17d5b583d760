using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;

namespace CoLink.Observability.Database.Spans;

/// <summary>
/// The spans of commands under way, for what tells beginning and end apart. A command is its own key, for it runs once at a time. Where
/// there is none, as where nobody listens, asking costs one look at a number.
/// </summary>
internal sealed class StartedSpans(DatabaseSpans spans)
{
    /// <summary>More commands are not under way but forgotten by their driver; then all are ended, and none has an end that is known.</summary>
    private const int Max = 10_000;

    private readonly ConcurrentDictionary<DbCommand, Activity> _started = new(ReferenceEqualityComparer.Instance);
    private int _count;

    public void Add(DbCommand command, Activity span)
    {
        if (Volatile.Read(ref _count) >= Max)
            EndAll();
        if (Take(command) is { } forgotten)
            spans.End(forgotten);
        if (_started.TryAdd(command, span))
            Interlocked.Increment(ref _count);
        else
            spans.End(span);
    }

    /// <summary>The span of a command that has ended. Whoever gets it ends it; a second end gets none.</summary>
    public Activity? Take(DbCommand command)
    {
        if (Volatile.Read(ref _count) == 0 || !_started.TryRemove(command, out var span))
            return null;
        Interlocked.Decrement(ref _count);
        return span;
    }

    public void EndAll()
    {
        foreach (var command in _started.Keys)
        {
            if (Take(command) is { } span)
                spans.End(span);
        }
    }
}
