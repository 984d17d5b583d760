using System.Globalization;
using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Text;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Monitoring.Platforms;

/// <summary>One mapping of the file. A key that nobody asks for is a mistake: the file must not say what has no effect.</summary>
internal sealed class Section
{
    private readonly Problems _problems;
    private readonly string _path;
    private readonly Dictionary<string, YamlNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    public Section(Problems problems, string path, int line, YamlNode? node)
    {
        (_problems, _path, Line) = (problems, path, line);
        if (node is null or YamlScalarNode { Value: null or "" })
            return;
        if (node is not YamlMappingNode mapping)
        {
            problems.Add((int)node.Start.Line, $"{Name(path)} takes keys and values, one a line.");
            return;
        }

        foreach (var (key, value) in mapping)
        {
            _nodes[key.ToString()] = value;
            _lines[key.ToString()] = (int)key.Start.Line;
        }
    }

    /// <summary>Where it begins.</summary>
    public int Line { get; }

    public int LineOf(string key) => _lines.GetValueOrDefault(key, Line);

    public bool Has(string key) => _nodes.ContainsKey(key);

    public void Problem(string key, string message) => _problems.Add(LineOf(key), $"{Path(key)} {message}");

    public string Text(string key, string? fallback = null)
    {
        switch (Node(key))
        {
            case YamlScalarNode { Value: { Length: > 0 } value } node when !IsNull(node):
                return value;
            case null when fallback is not null:
                return fallback;
            case null:
                _problems.Add(Line, $"{Path(key)} is missing.");
                return "";
            default:
                Problem(key, "takes a text.");
                return fallback ?? "";
        }
    }

    public string Matching(string key, Regex allowed, string meaning, string? fallback = null)
    {
        var text = Text(key, fallback);
        if (text.Length > 0 && !allowed.IsMatch(text))
            Problem(key, $"is '{text}'; allowed is {meaning}.");
        return text;
    }

    public bool Flag(string key)
    {
        var text = Text(key, "false");
        if (text is not ("true" or "false"))
            Problem(key, $"is '{text}'; allowed is true or false.");
        return text == "true";
    }

    public decimal Number(string key, decimal fallback, decimal least, decimal most)
    {
        if (!Has(key))
            return Known(key, fallback);
        var text = Text(key);
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
            return number;
        Problem(key, $"is '{text}'; allowed is a number from {Shown(least)} to {Shown(most)}.");
        return fallback;
    }

    public int Whole(string key, int? fallback, int least, int most)
    {
        if (!Has(key) && fallback is { } value)
            return Known(key, value);
        var text = Text(key);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        if (text.Length > 0)
            Problem(key, $"is '{text}'; allowed is a whole number from {least} to {most}.");
        return fallback ?? 0;
    }

    public TimeSpan Duration(string key, string fallback, string least, string most)
    {
        var text = Text(key, fallback);
        if (Monitoring.Text.Duration.TryParse(text, out var span)
            && span >= Monitoring.Text.Duration.Parse(least) && span <= Monitoring.Text.Duration.Parse(most))
            return span;
        Problem(key, $"is '{text}'; allowed is a duration from {least} to {most}, such as 15s, 5m or 35d.");
        return Monitoring.Text.Duration.Parse(fallback);
    }

    public Section Child(string key) => new(_problems, Path(key), LineOf(key), Node(key));

    public IReadOnlyList<Section> Children(string key) =>
        [.. Items(key).Select((node, index) => new Section(_problems, $"{Path(key)}[{index}]", (int)node.Start.Line, node))];

    public IReadOnlyList<string> Texts(string key)
    {
        var texts = new List<string>();
        foreach (var node in Items(key))
        {
            if (node is YamlScalarNode { Value: { Length: > 0 } value })
                texts.Add(value);
            else
                _problems.Add((int)node.Start.Line, $"{Path(key)} takes texts.");
        }

        return texts;
    }

    /// <summary>Names the keys that have no meaning here.</summary>
    public void End()
    {
        foreach (var key in _nodes.Keys.Where(key => !_known.Contains(key)))
            _problems.Add(_lines[key], $"{Path(key)} is no key; allowed here: {string.Join(", ", _known)}.");
    }

    private YamlNode[] Items(string key)
    {
        switch (Node(key))
        {
            case null or YamlScalarNode { Value: null or "" }:
                return [];
            case YamlSequenceNode sequence:
                return [.. sequence];
            default:
                Problem(key, "takes a list.");
                return [];
        }
    }

    private YamlNode? Node(string key) => Known(key, _nodes.GetValueOrDefault(key));

    private T Known<T>(string key, T value)
    {
        _known.Add(key);
        return value;
    }

    private string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private static string Name(string path) => path.Length == 0 ? "The file" : path;

    private static bool IsNull(YamlScalarNode node) => node.Style == YamlDotNet.Core.ScalarStyle.Plain && node.Value is "null" or "~";

    private static string Shown(decimal number) => Monitoring.Text.Number.Format(number);
}
