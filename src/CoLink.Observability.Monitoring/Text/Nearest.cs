using CoLink.Observability.Hosting.Validation;

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
        var whole = EditDistance.Of(text, name);
        return name.StartsWith(prefix, StringComparison.Ordinal) ? Math.Min(whole, EditDistance.Of(text, name[prefix.Length..])) : whole;
    }
}
