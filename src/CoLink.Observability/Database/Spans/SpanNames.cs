using System.Collections.Concurrent;

namespace CoLink.Observability.Database.Spans;

/// <summary>The names of spans. Whoever samples is asked with the name, so it is needed for each command that is not kept as well: it is made once.</summary>
internal sealed class SpanNames
{
    /// <summary>Operations are few, databases of a service as well. Beyond that a name is made anew.</summary>
    private const int Most = 1_000;

    private readonly ConcurrentDictionary<(string Operation, string Database), string> _names = new();
    private int _count;

    public string Of(string operation, string database)
    {
        if (_names.TryGetValue((operation, database), out var known))
            return known;
        var name = $"{operation} {database}";
        if (Volatile.Read(ref _count) < Most && _names.TryAdd((operation, database), name))
            Interlocked.Increment(ref _count);
        return name;
    }
}
