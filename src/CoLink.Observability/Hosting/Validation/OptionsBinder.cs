using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>
/// Binds the section key by key, so that a value of the wrong type is named with its key and with what is allowed, a list in
/// configuration replaces the default instead of growing it, and a key that does not exist is found.
/// </summary>
internal static class OptionsBinder
{
    /// <exception cref="OptionsValidationException">Values could not be read; all of them are named.</exception>
    public static void Bind(IConfiguration configuration, CoLinkObservabilityOptions options)
    {
        var section = configuration.GetSection(OptionKey.Section);
        var errors = new List<string>();
        foreach (var key in OptionKey.All)
        {
            var value = section.GetSection(key.Name);
            if (!value.Exists())
                continue;
            try
            {
                Bind(key, value, options);
            }
            catch (Exception exception) when (exception is InvalidOperationException or FormatException)
            {
                errors.Add(OptionsValidator.Describe(key, value.Value ?? $"{value.GetChildren().Count()} values below it"));
            }
        }

        if (errors.Count > 0)
            throw new OptionsValidationException(Options.DefaultName, typeof(CoLinkObservabilityOptions), errors);
    }

    /// <summary>Keys under the section that set nothing, such as a misspelt one, each with the nearest that exists.</summary>
    public static IEnumerable<(string Key, string Nearest)> Unknown(IConfiguration configuration)
    {
        var section = configuration.GetSection(OptionKey.Section);
        foreach (var (path, value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (value is null || path.Length == 0)
                continue;
            var known = OptionKey.All.Any(key => path.Equals(key.Name, StringComparison.OrdinalIgnoreCase)
                || (key.IsList && path.StartsWith(key.Name + ":", StringComparison.OrdinalIgnoreCase)));
            if (!known)
                yield return ($"{OptionKey.Section}:{path}", Nearest(path));
        }
    }

    private static void Bind(OptionKey key, IConfigurationSection value, CoLinkObservabilityOptions options)
    {
        if (key.IsMap)
        {
            var map = (IDictionary<string, int>)key.Get(options)!;
            foreach (var entry in value.GetChildren())
                map[entry.Key] = int.Parse(entry.Value ?? "", NumberStyles.Integer, CultureInfo.InvariantCulture);
        }
        else if (key.IsList)
        {
            // One environment variable can hold a whole list, separated by commas.
            var items = value.Value is { } text
                ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : [.. value.GetChildren().Select(child => child.Value ?? "")];
            key.Set(options, key.Property.PropertyType == typeof(IList<int>)
                ? items.Select(item => int.Parse(item, NumberStyles.Integer, CultureInfo.InvariantCulture)).ToList()
                : items.ToList());
        }
        else if (value.Value is null)
        {
            throw new FormatException("A single value was expected.");
        }
        else
        {
            // An empty environment variable means: not set.
            if (value.Value.Length > 0)
                key.Set(options, value.Get(key.Property.PropertyType));
        }
    }

    private static string Nearest(string path) => OptionKey.All.MinBy(key => Distance(key.Name.ToUpperInvariant(), path.ToUpperInvariant()))!.Name;

    /// <summary>Levenshtein's distance; the texts are keys, so small.</summary>
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
