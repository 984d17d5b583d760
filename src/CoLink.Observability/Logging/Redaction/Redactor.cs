using System.Text.RegularExpressions;
using CoLink.Observability.Logging.Lines;
using Serilog.Events;

namespace CoLink.Observability.Logging.Redaction;

/// <summary>What is not shown: values by their names, what patterns find in the text of exceptions, segments of paths.</summary>
internal sealed class Redactor
{
    public const string Mark = "[redacted]";

    /// <summary>How deep an event is searched; what is deeper is not shown.</summary>
    private const int MaxDepth = LineLimits.Depth;

    private readonly SecretNames _secrets;
    private readonly Lazy<Regex>[] _patterns;
    private readonly Func<string, string>? _redactPath;
    private readonly NameCache<NameTreatment> _treatments;

    /// <param name="names">Names of values that are not shown, matched by word.</param>
    /// <param name="patterns">Regular expressions for the text of exceptions.</param>
    /// <param name="redactPath">Takes secrets out of a path; null where no path has any.</param>
    public Redactor(IEnumerable<string> names, IEnumerable<string> patterns, Func<string, string>? redactPath = null)
    {
        _secrets = new SecretNames(names);
        _patterns = [.. patterns.Select(TextPattern.Of)];
        _redactPath = redactPath;
        _treatments = new NameCache<NameTreatment>(Find);
    }

    public NameTreatment Of(string name) => _treatments.Of(name);

    public bool Hides(ReadOnlySpan<char> name) => _secrets.Contains(name);

    public string Path(string path)
    {
        try
        {
            return _redactPath is null ? path : _redactPath(path);
        }
        catch (Exception)
        {
            // A path that cannot be judged is not shown.
            return Mark;
        }
    }

    /// <summary>The text of an exception without what the patterns find in it.</summary>
    public string Text(string text)
    {
        foreach (var pattern in _patterns)
            text = pattern.Value.Replace(text, Mark);
        return text;
    }

    /// <summary>
    /// Where a secret begins in the text of something that has members: a pair, <c>[Authorization, Bearer x]</c>, a record,
    /// <c>Login { Name = a, Password = b }</c>, headers, one a line. It may be anything, so that it ends only with the text's last
    /// character. -1 where there is none.
    /// </summary>
    public int SecretIn(ReadOnlySpan<char> text) => _secrets.IsEmpty ? -1 : SecretTexts.Find(text, _secrets);

    /// <summary>Whether anything of an event's properties is not shown.</summary>
    public bool HidesIn(LogEvent logEvent)
    {
        foreach (var (name, value) in logEvent.Properties)
        {
            if (HidesIn(name, value, 1))
                return true;
        }

        return false;
    }

    /// <summary>The value of <c>Key</c> or <c>Name</c> beside which <c>Value</c> stands, as in a header that was captured with its members.</summary>
    public bool HidesValueOf(StructureValue structure)
    {
        foreach (var property in structure.Properties)
        {
            if (property.Name is "Key" or "Name" && property.Value is ScalarValue { Value: string name } && Of(name) == NameTreatment.Hidden)
                return true;
        }

        return false;
    }

    /// <summary>Whether a member is the value of a header and the like.</summary>
    public static bool IsValue(string member) => member is "Value" or "Values";

    private NameTreatment Find(string name)
    {
        if (name.Equals("QueryString", StringComparison.OrdinalIgnoreCase))
            return NameTreatment.Query;
        if (_secrets.Contains(name))
            return NameTreatment.Hidden;
        if (name == "Scope")
            return NameTreatment.Scope;
        return _redactPath is not null && (name.Equals("RequestPath", StringComparison.OrdinalIgnoreCase) || name.Equals("Path", StringComparison.OrdinalIgnoreCase))
            ? NameTreatment.Path
            : NameTreatment.None;
    }

    private bool HidesIn(string name, LogEventPropertyValue value, int depth) => Of(name) switch
    {
        NameTreatment.Hidden => true,
        NameTreatment.Query => value is not ScalarValue { Value: null or "" },
        NameTreatment.Path => value is not ScalarValue { Value: null } && (value is not ScalarValue { Value: string path } || Path(path) != path),
        _ => HidesIn(value, depth),
    };

    private bool HidesIn(LogEventPropertyValue value, int depth)
    {
        if (depth > MaxDepth)
            return true;
        return value switch
        {
            ScalarValue { Value: string text } => SecretIn(text) >= 0,
            ScalarValue => false,
            SequenceValue sequence => sequence.Elements.Any(element => HidesIn(element, depth + 1)),
            StructureValue structure => HidesValueOf(structure) || structure.Properties.Any(property => HidesIn(property.Name, property.Value, depth + 1)),
            DictionaryValue dictionary => dictionary.Elements.Any(pair => HidesIn(pair.Key.Value as string ?? ScalarText.Of(pair.Key.Value), pair.Value, depth + 1)),
            _ => true,
        };
    }
}
