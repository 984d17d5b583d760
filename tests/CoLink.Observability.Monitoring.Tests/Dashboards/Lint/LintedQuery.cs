using System.Text.RegularExpressions;

namespace CoLink.Observability.Monitoring.Tests.Dashboards.Lint;

/// <summary>The selectors of an expression: enough of PromQL for rules about them. Whether it is valid is promtool's to say.</summary>
internal static partial class LintedQuery
{
    private static readonly HashSet<string> Words = ["by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "and", "or", "unless"];
    private static readonly HashSet<string> Grouping = ["by", "without", "on", "ignoring", "group_left", "group_right"];

    /// <param name="Range">What stands in brackets behind it, or nothing.</param>
    /// <param name="Function">The innermost call around it, or nothing.</param>
    public sealed record Selector(string Name, IReadOnlyList<(string Label, string Operator, string Value)> Matchers, string Range, string Function);

    /// <param name="Word">An aggregation, or <c>on</c> of a join.</param>
    /// <param name="Labels">Those that it keeps or joins by.</param>
    public sealed record Group(string Word, IReadOnlyList<string> Labels);

    /// <summary>What an expression brings together, in the order in which it is written. A topk without labels keeps them all and is none.</summary>
    public static IReadOnlyList<Group> Groups(string expr)
    {
        var (tokens, found) = (Tokens(expr), new List<Group>());
        for (var index = 0; index < tokens.Length - 1; index++)
        {
            var (word, next) = (tokens[index], tokens[index + 1]);
            var grouped = Aggregations.Contains(word) && next is "by" or "without";
            if (word == "on" || (grouped && next == "by"))
                found.Add(new(word, [.. tokens.Skip(index + (grouped ? 3 : 2)).TakeWhile(token => token != ")").Where(token => token != ",")]));
            else if (Aggregations.Contains(word) && (grouped || (next == "(" && !Ranking.Contains(word))))
                found.Add(new(word, []));
        }

        return found;
    }

    public static IReadOnlyList<Selector> Selectors(string expr)
    {
        var tokens = Tokens(expr);
        var (found, calls, index) = (new List<Selector>(), new Stack<string>(), 0);
        while (index < tokens.Length)
        {
            var token = tokens[index++];
            var next = index < tokens.Length ? tokens[index] : "";
            if (token == "(")
                calls.Push("");
            else if (token == ")")
                calls.TryPop(out _);
            else if (Grouping.Contains(token) && next == "(")
                index = Array.IndexOf(tokens, ")", index) + 1;
            else if (token == "offset")
                index++;
            else if (IsName(token) && next == "(")
            {
                calls.Push(token);
                index++;
            }
            else if (token == "{" || (IsName(token) && !Words.Contains(token) && !IsAggregation(token, tokens, index)))
            {
                var matchers = new List<(string, string, string)>();
                if (token == "{" || next == "{")
                {
                    if (token != "{")
                        index++;
                    while (tokens[index] != "}")
                    {
                        if (tokens[index] == ",")
                        {
                            index++;
                            continue;
                        }

                        matchers.Add((tokens[index], tokens[index + 1], tokens[index + 2].Trim('"')));
                        index += 3;
                    }

                    index++;
                }

                var range = index < tokens.Length && tokens[index][0] == '[' ? tokens[index++][1..^1] : "";
                found.Add(new(token == "{" ? "" : token, matchers, range, calls.FirstOrDefault(call => call.Length > 0 || range.Length > 0) ?? ""));
            }
        }

        return found;
    }

    private static string[] Tokens(string expr) => [.. Token().Matches(expr).Select(match => match.Value).Where(token => !string.IsNullOrWhiteSpace(token))];

    private static bool IsAggregation(string token, string[] tokens, int index) => index < tokens.Length && Grouping.Contains(tokens[index]) && Aggregations.Contains(token);

    private static readonly HashSet<string> Aggregations = ["sum", "min", "max", "avg", "count", "group", "topk", "bottomk", "stddev", "quantile"];

    private static readonly HashSet<string> Ranking = ["topk", "bottomk"];

    private static bool IsName(string token) => char.IsAsciiLetter(token[0]) || token[0] is '_' or ':';

    [GeneratedRegex("""\s+|"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[A-Za-z_:][A-Za-z0-9_:]*|[0-9.]+[a-z]*|=~|!~|!=|==|>=|<=|.""")]
    private static partial Regex Token();
}
