namespace CoLink.Observability.Monitoring.PromQl;

/// <summary>
/// The metrics that an expression asks for. No parser: promtool says whether an expression is one, and this says only of what it speaks,
/// since Prometheus answers a name that nobody has with silence.
/// </summary>
internal static class MetricNames
{
    private static readonly HashSet<string> Keywords = new(StringComparer.OrdinalIgnoreCase)
        { "and", "or", "unless", "atan2", "bool", "offset", "inf", "nan" };

    /// <summary>Those that may stand before <c>by (…)</c>, so that no parenthesis tells them from a metric.</summary>
    private static readonly HashSet<string> Aggregations = new(StringComparer.OrdinalIgnoreCase)
        { "sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values" };

    /// <summary>What a list of labels follows, in parentheses.</summary>
    private static readonly HashSet<string> Lists = new(StringComparer.OrdinalIgnoreCase)
        { "by", "without", "on", "ignoring", "group_left", "group_right" };

    /// <summary>Each name once, in the order in which they stand there.</summary>
    public static IReadOnlyList<string> Of(string expr)
    {
        var names = new List<string>();
        var position = 0;
        while (position < expr.Length)
        {
            var start = position;
            var character = expr[position];
            if (character is '"' or '\'' or '`')
                position = AfterText(expr, position);
            else if (character == '#')
                position = After(expr, position, '\n');
            else if (character == '[')
                position = After(expr, position, ']');
            else if (character == '{')
                position = AfterSelector(expr, position, names);
            // 5m, 1e3 and 0x1f: the letters belong to the number.
            else if (char.IsAsciiDigit(character))
                position = AfterWord(expr, position);
            else if (!IsWord(character))
                position++;
            else
                position = AfterName(expr, start, names);
        }

        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private static int AfterName(string expr, int start, List<string> names)
    {
        var end = AfterWord(expr, start);
        var word = expr[start..end];
        var next = end;
        while (next < expr.Length && char.IsWhiteSpace(expr[next]))
            next++;
        var called = next < expr.Length && expr[next] == '(';
        if (Lists.Contains(word))
            return called ? After(expr, next, ')') : end;
        if (!called && !Keywords.Contains(word) && !Aggregations.Contains(word))
            names.Add(word);
        return end;
    }

    /// <summary>Labels are no metrics, except for the one that holds the metric's name.</summary>
    private static int AfterSelector(string expr, int position, List<string> names)
    {
        const string Name = "__name__";
        var label = "";
        for (position++; position < expr.Length && expr[position] != '}';)
        {
            if (IsWord(expr[position]))
            {
                var end = AfterWord(expr, position);
                label = expr[position..end];
                position = end;
            }
            else if (expr[position] is '"' or '\'' or '`')
            {
                var end = AfterText(expr, position);
                // A pattern names none: what it matches is known to a server only.
                if (label == Name && expr[..position].TrimEnd() is [.., not '!' and not '~', '='])
                    names.Add(expr[(position + 1)..(end - 1)]);
                position = end;
            }
            else
            {
                position++;
            }
        }

        return position + 1;
    }

    private static int AfterText(string expr, int position)
    {
        var quote = expr[position++];
        while (position < expr.Length && expr[position] != quote)
            position += expr[position] == '\\' && quote != '`' ? 2 : 1;
        return Math.Min(position + 1, expr.Length);
    }

    private static int After(string expr, int position, char end)
    {
        var found = expr.IndexOf(end, position);
        return found < 0 ? expr.Length : found + 1;
    }

    private static int AfterWord(string expr, int position)
    {
        while (position < expr.Length && IsWord(expr[position]))
            position++;
        return position;
    }

    private static bool IsWord(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or ':';
}
