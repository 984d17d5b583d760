using System.Collections;

namespace CoLink.Observability.Monitoring.Text;

/// <summary>Keys and values in the order in which they are to be read: texts, numbers, flags, lists and further maps.</summary>
internal sealed class Map : IEnumerable<(string Key, object Value, string? Comment)>
{
    private readonly List<(string Key, object Value, string? Comment)> _entries = [];

    public void Add(string key, object value) => _entries.Add((key, value, null));

    /// <summary>Adds it under a comment, whose lines stand above it.</summary>
    public void Add(string key, object value, string comment) => _entries.Add((key, value, comment));

    /// <summary>Adds it where there is something to say.</summary>
    public Map With(string key, object? value)
    {
        if (value is not null)
            Add(key, value);
        return this;
    }

    public static IReadOnlyList<string> List(params string[] texts) => texts;

    public IEnumerator<(string Key, object Value, string? Comment)> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
