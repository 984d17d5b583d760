namespace CoLink.Observability.Logging.Redaction;

/// <summary>
/// Remembers what is made of a name. A service logs the same few names all the time, and names that a client invents (the keys of a
/// dictionary) push each other out of a table that never grows.
/// </summary>
internal sealed class NameCache<T>(Func<string, T> make)
{
    /// <summary>A power of two.</summary>
    private const int Slots = 512;

    /// <summary>Names whose places would be the same find one beside it.</summary>
    private const int Neighbours = 8;

    private const int LongestName = 100;

    /// <summary>Written by whoever comes; an entry never changes, so that any of two writers is right.</summary>
    private readonly Entry?[] _entries = new Entry?[Slots];

    public T Of(string name)
    {
        if (name.Length > LongestName)
            return make(name);
        var hash = Hash(name);
        for (var i = 0; i < Neighbours; i++)
        {
            ref var entry = ref _entries[(hash + i) & (Slots - 1)];
            if (entry is not { } known)
                return (entry = new Entry(name, make(name))).Value;
            if (ReferenceEquals(known.Name, name) || known.Name == name)
                return known.Value;
        }

        var made = new Entry(name, make(name));
        _entries[hash & (Slots - 1)] = made;
        return made.Value;
    }

    /// <summary>Names differ at their ends or in their length more often than not.</summary>
    private static int Hash(string name)
    {
        var hash = name.Length;
        for (var i = name.Length - 1; i >= Math.Max(0, name.Length - 6); i--)
            hash = (hash * 31) + name[i];
        if (name.Length > 0)
            hash = (hash * 31) + name[0];
        return hash ^ (hash >> 9);
    }

    private sealed class Entry(string name, T value)
    {
        public readonly string Name = name;
        public readonly T Value = value;
    }
}
