namespace CoLink.Observability.Tests.Support;

/// <summary>Reads line by line and holds each family against <see cref="ExpositionRules"/> when the next one begins.</summary>
internal sealed class ExpositionParser
{
    private readonly bool _openMetrics;
    private readonly List<ExposedFamily> _families = [];
    private readonly ExpositionRules _rules;
    private ExposedFamily? _current;

    private ExpositionParser(bool openMetrics) => (_openMetrics, _rules) = (openMetrics, new ExpositionRules(openMetrics));

    public static IReadOnlyList<ExposedFamily> Parse(string text, bool openMetrics)
    {
        if (text.Length > 0 && text[^1] != '\n')
            throw new FormatException("The last line does not end in a line feed.");
        var lines = text.Split('\n')[..^1];
        if (openMetrics)
            lines = WithoutEnd(lines);

        var parser = new ExpositionParser(openMetrics);
        for (var i = 0; i < lines.Length; i++)
        {
            try
            {
                parser.Take(lines[i]);
            }
            catch (FormatException broken)
            {
                throw new FormatException($"Line {i + 1}, {broken.Message}: {lines[i]}", broken);
            }
        }

        parser.End();
        return parser._families;
    }

    private static string[] WithoutEnd(string[] lines) =>
        lines is [.., "# EOF"] ? lines[..^1] : throw new FormatException("It does not end in '# EOF'.");

    private void Take(string line)
    {
        if (line.StartsWith('#'))
            Declare(line);
        else
            Sample(new ExpositionLine(line, _openMetrics).Sample());
    }

    private void Declare(string line)
    {
        if (line.Split(' ', 4) is not ["#", "HELP" or "TYPE" or "UNIT", var name, var rest] || (line.StartsWith("# UNIT", StringComparison.Ordinal) && !_openMetrics))
            throw new FormatException("a comment that is no HELP, TYPE or UNIT with a name and its text");
        if (_current?.Name != name)
            Begin(name);
        var family = _current!;
        if (family.Samples.Count > 0)
            throw new FormatException("a declaration behind the family's samples");
        switch (line[2])
        {
            case 'H' when family.Help is null:
                family.Help = ExpositionLine.Help(rest, _openMetrics);
                break;
            case 'T' when !family.HasType:
                (family.Type, family.HasType) = (_rules.Type(rest), true);
                break;
            case 'U' when family.Unit is null:
                family.Unit = rest;
                break;
            default:
                throw new FormatException("declared twice");
        }
    }

    private void Sample(ExposedSample sample)
    {
        if (_current is null || !_rules.IsOf(sample.Name, _current))
            Begin(sample.Name);
        _current!.Samples.Add(sample);
        _rules.Check(sample, _current);
    }

    private void Begin(string name)
    {
        End();
        if (_families.Any(family => family.Name == name))
            throw new FormatException($"the family '{name}' has begun before: families stand together");
        _families.Add(_current = new ExposedFamily(name));
    }

    private void End()
    {
        if (_current is not null)
            _rules.Check(_current);
    }
}
