using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>
/// Binds the section key by key, so that a value of the wrong type is named with its key and with what is allowed, a list in
/// configuration replaces the default instead of growing it, and a key that does not exist is found.
/// </summary>
internal static class OptionsBinder
{
    /// <summary>What could not be read, key, value and what is allowed, stays with the options: the validator reports it beside the rules that are broken.</summary>
    public static void Bind(IConfiguration configuration, CoLinkObservabilityOptions options)
    {
        // To ask for a key that is not there looks through all that is configured, environment variables included: it is asked once.
        var section = configuration.GetSection(OptionKey.Section);
        var given = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (path, _) in section.AsEnumerable(makePathsRelative: true))
            given.Add(path);
        var errors = new List<string>();
        foreach (var key in OptionKey.All)
        {
            if (!given.Contains(key.Name))
                continue;
            var value = section.GetSection(key.Name);
            if (!value.Exists())
                continue;
            if (key.IsMap)
                BindMap(key, value, options, errors);
            else if (key.IsList)
                BindList(key, value, options, errors);
            else
                BindSingle(key, value, options, errors);
        }

        options.Unreadable = errors;
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

    private static void BindSingle(OptionKey key, IConfigurationSection value, CoLinkObservabilityOptions options, List<string> errors)
    {
        // An empty environment variable means: not set. A guard that is set to nothing was meant to be something.
        if (value.Value is "")
        {
            if (key.IsGuard)
                errors.Add(key.Refuse(value));
            return;
        }

        if (value.Value is not null && OptionText.TryRead(key.Property.PropertyType, value.Value, out var read))
            key.Set(options, read);
        else
            errors.Add(key.Refuse(value));
    }

    private static void BindMap(OptionKey key, IConfigurationSection value, CoLinkObservabilityOptions options, List<string> errors)
    {
        if (value.Value is { Length: > 0 })
            errors.Add(key.Refuse(value));

        foreach (var entry in value.GetChildren())
        {
            if (key.IsMapOfTexts)
            {
                if (entry.Value is null)
                    errors.Add(key.Refuse(entry, entry.Key));
                else
                    ((IDictionary<string, string>)key.Get(options)!)[entry.Key] = entry.Value;
                continue;
            }

            var map = (IDictionary<string, int>)key.Get(options)!;
            if (int.TryParse(entry.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
                map[entry.Key] = number;
            else
                errors.Add(key.Refuse(entry, entry.Key));
        }
    }

    /// <summary>An empty text is an empty list, which is also what an empty array of JSON arrives as: so a default can be switched off.</summary>
    private static void BindList(OptionKey key, IConfigurationSection value, CoLinkObservabilityOptions options, List<string> errors)
    {
        // One environment variable can hold a whole list, separated by commas; it wins over items of a file below it.
        if (value.Value is { } text)
        {
            if (key.IsGuard && string.IsNullOrWhiteSpace(text))
                errors.Add(key.Refuse(value));
            SetList(key, options, key.HasCommas && text.Length > 0 ? [text] : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), errors);
            return;
        }

        var children = value.GetChildren().ToArray();
        var misfits = children.Where(child => child.Value is null || !int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)).ToArray();
        errors.AddRange(misfits.Select(child => key.Refuse(child, child.Key)));
        if (misfits.Length == 0)
            SetList(key, options, [.. children.Select(child => child.Value!)], errors);
    }

    private static void SetList(OptionKey key, CoLinkObservabilityOptions options, string[] items, List<string> errors)
    {
        if (key.Property.PropertyType == typeof(IList<string>))
        {
            key.Set(options, items.ToList());
            return;
        }

        var numbers = new List<int>();
        foreach (var item in items)
        {
            if (int.TryParse(item, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
                numbers.Add(number);
            else
                errors.Add(key.Refuse(item));
        }

        key.Set(options, numbers);
    }

    private static string Nearest(string path) => OptionKey.All.MinBy(key => EditDistance.Of(key.Name, path))!.Name;
}
