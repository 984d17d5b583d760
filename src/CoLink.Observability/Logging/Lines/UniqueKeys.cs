using System.Globalization;

namespace CoLink.Observability.Logging.Lines;

/// <summary>Keeps the keys of an object apart where two names are written alike: half surrogate pairs, names that were cut, numbers beside their texts.</summary>
/// <param name="plain">The names that are written like no other.</param>
internal sealed class UniqueKeys(IEnumerable<string> plain)
{
    private readonly HashSet<string> _taken = [.. plain];
    private int _further;

    public string Next(string written)
    {
        var key = written;
        while (!_taken.Add(key))
            key = string.Create(CultureInfo.InvariantCulture, $"{written}_{++_further}");
        return key;
    }
}
