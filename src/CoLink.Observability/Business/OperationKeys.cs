using System.Collections;
using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Business;

/// <summary>
/// The state of an operation's log scope. Providers read it with each line, so a key that is set later stands in the lines that come
/// later. One an operation, never used again: work that outlives its operation still logs under it.
/// </summary>
internal sealed class OperationKeys(string name) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly Lock _gate = new();

    /// <summary>Replaced, never changed: a line may be written while a key is set.</summary>
    private KeyValuePair<string, object?>[] _pairs = [new(BusinessCatalogue.Operation, name)];

    public int Count => Volatile.Read(ref _pairs).Length;

    public KeyValuePair<string, object?> this[int index] => Volatile.Read(ref _pairs)[index];

    public void Set(string key, object? value)
    {
        lock (_gate)
        {
            var at = Array.FindIndex(_pairs, pair => pair.Key == key);
            KeyValuePair<string, object?>[] pairs = at < 0 ? [.. _pairs, default] : [.. _pairs];
            pairs[at < 0 ? ^1 : at] = new(key, value);
            Volatile.Write(ref _pairs, pairs);
        }
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)Volatile.Read(ref _pairs)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As plain text prints a scope.</summary>
    public override string ToString() => string.Join(' ', this.Select(pair => $"{pair.Key}:{pair.Value}"));
}
