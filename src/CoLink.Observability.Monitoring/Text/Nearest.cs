namespace CoLink.Observability.Monitoring.Text;

/// <summary>What somebody may have meant.</summary>
internal static class Nearest
{
    /// <summary>At most so many: more would be a list to read, not a hint.</summary>
    private const int Most = 3;

    /// <summary>Names that hold the text first, then those that differ least, if they do by less than half of it.</summary>
    /// <param name="prefix">What most names begin with and a reader may leave out.</param>
    public static IReadOnlyList<string> Of(string text, IEnumerable<string> names, string prefix = "") =>
    [
        .. names.Distinct(StringComparer.Ordinal)
            .Select(name => (Name: name, Distance: name.Contains(text, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(text, name, prefix)))
            .Where(near => near.Distance < Math.Max(text.Length / 2, 2))
            .OrderBy(near => near.Distance).ThenBy(near => near.Name.Length).ThenBy(near => near.Name, StringComparer.Ordinal)
            .Select(near => near.Name)
            .Take(Most),
    ];

    private static int Distance(string text, string name, string prefix)
    {
        var whole = Distance(text.ToUpperInvariant(), name.ToUpperInvariant());
        return name.StartsWith(prefix, StringComparison.Ordinal) ? Math.Min(whole, Distance(text.ToUpperInvariant(), name[prefix.Length..].ToUpperInvariant())) : whole;
    }

    /// <summary>Levenshtein's distance; the texts are names, so small.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
