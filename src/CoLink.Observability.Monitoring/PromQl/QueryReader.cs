using System.Text;

namespace CoLink.Observability.Monitoring.PromQl;

/// <summary>
/// Finds what a PromQL query asks for: selectors and the labels it groups and joins by. It is no parser and refuses nothing; that a query
/// is one, promtool says. What promtool cannot say is that a metric of that name exists.
/// </summary>
internal sealed class QueryReader
{
    private const string Name = "__name__";

    private static readonly HashSet<string> LabelLists = ["by", "without", "on", "ignoring", "group_left", "group_right"];
    private static readonly HashSet<string> Words = ["and", "or", "unless", "offset", "bool", "atan2", "inf", "nan", "start", "end"];
    private static readonly HashSet<string> Aggregations =
        ["sum", "min", "max", "avg", "group", "stddev", "stdvar", "count", "count_values", "bottomk", "topk", "quantile"];

    private readonly string _text;
    private readonly List<Selector> _selectors = [];
    private readonly List<string> _groupings = [];
    private int _at;

    private QueryReader(string text) => _text = text;

    public static (IReadOnlyList<Selector> Selectors, IReadOnlyList<string> Groupings) Read(string query)
    {
        var reader = new QueryReader(query);
        reader.Read();
        return (reader._selectors, reader._groupings);
    }

    private void Read()
    {
        while (_at < _text.Length)
        {
            var next = _text[_at];
            if (next == '#')
                SkipTo('\n');
            else if (next == '[')
                SkipTo(']');
            else if (next is '"' or '\'' or '`')
                ReadString();
            else if (next == '{')
                ReadNameless();
            else if (IsNameStart(next))
                ReadWord();
            else if (next == '$' || char.IsAsciiDigit(next))
                SkipNumber();
            else
                _at++;
        }
    }

    private void ReadWord()
    {
        var name = ReadName();
        SkipSpace();
        if (LabelLists.Contains(name))
        {
            if (Peek() == '(')
                ReadLabelList();
            return;
        }

        if (Words.Contains(name.ToLowerInvariant()) || Aggregations.Contains(name) || Peek() == '(')
            return;
        _selectors.Add(new Selector(name, Peek() == '{' ? ReadMatchers() : []));
    }

    /// <summary>A selector that names its metrics among its labels asks for each of them.</summary>
    private void ReadNameless()
    {
        var matchers = ReadMatchers();
        var names = matchers.Where(matcher => matcher is { Label: Name, Operator: "=" or "=~" }).SelectMany(matcher => matcher.Value.Split('|')).DefaultIfEmpty("");
        _selectors.AddRange(names.Select(name => new Selector(name, [.. matchers.Where(matcher => matcher.Label != Name)])));
    }

    private void ReadLabelList()
    {
        _at++;
        while (_at < _text.Length && _text[_at] != ')')
        {
            if (IsNameStart(_text[_at]))
                _groupings.Add(ReadName());
            else
                _at++;
        }
    }

    private List<Matcher> ReadMatchers()
    {
        _at++;
        var matchers = new List<Matcher>();
        while (_at < _text.Length && _text[_at] != '}')
        {
            if (!IsNameStart(_text[_at]))
            {
                _at++;
                continue;
            }

            var label = ReadName();
            SkipSpace();
            var start = _at;
            while (Peek() is '=' or '!' or '~')
                _at++;
            var comparison = _text[start.._at];
            SkipSpace();
            matchers.Add(new Matcher(label, comparison, Peek() is '"' or '\'' or '`' ? ReadString() : ""));
        }

        _at++;
        return matchers;
    }

    private string ReadString()
    {
        var quote = _text[_at++];
        var value = new StringBuilder();
        while (_at < _text.Length && _text[_at] != quote)
        {
            if (_text[_at] == '\\' && quote != '`' && _at + 1 < _text.Length)
                _at++;
            value.Append(_text[_at++]);
        }

        _at++;
        return value.ToString();
    }

    private string ReadName()
    {
        var start = _at;
        while (_at < _text.Length && (IsNameStart(_text[_at]) || char.IsAsciiDigit(_text[_at])))
            _at++;
        return _text[start.._at];
    }

    /// <summary>A number, a duration or a dashboard's variable; their letters are no names.</summary>
    private void SkipNumber()
    {
        _at++;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.'))
            _at++;
    }

    private void SkipTo(char end)
    {
        while (_at < _text.Length && _text[_at] != end)
            _at++;
        _at++;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
    }

    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private static bool IsNameStart(char letter) => char.IsAsciiLetter(letter) || letter is '_' or ':';
}
