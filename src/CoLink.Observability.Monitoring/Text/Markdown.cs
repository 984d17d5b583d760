using System.Text;

namespace CoLink.Observability.Monitoring.Text;

/// <summary>Tables and blocks of code in Markdown.</summary>
internal static class Markdown
{
    private const string Fence = "```";

    public static string Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder();
        Row(text, head);
        Row(text, [.. head.Select(_ => "---")]);
        foreach (var row in rows)
            Row(text, row);
        return text.ToString().TrimEnd('\n');
    }

    public static string Code(string language, string text) => $"{Fence}{language}\n{text.TrimEnd('\n')}\n{Fence}";

    public static string Link(string text, string target) => $"[{text}]({target})";

    public static string Name(string name) => $"`{name}`";

    /// <summary>Every block of code, in order, with its language; one inside a list is indented, and its lines lose that.</summary>
    public static IReadOnlyList<CodeBlock> Blocks(string markdown)
    {
        var blocks = new List<CodeBlock>();
        List<string>? inside = null;
        var (language, indent) = ("", 0);
        foreach (var line in markdown.Split('\n'))
        {
            var text = line.TrimStart(' ');
            if (!text.StartsWith(Fence, StringComparison.Ordinal))
            {
                inside?.Add(line[Math.Min(indent, line.Length - text.Length)..]);
                continue;
            }

            if (inside is null)
            {
                (inside, language, indent) = ([], text[Fence.Length..].Trim(), line.Length - text.Length);
                continue;
            }

            blocks.Add(new CodeBlock(language, string.Join('\n', inside)));
            inside = null;
        }

        return blocks;
    }

    // A bar ends a cell, inside code as well.
    private static void Row(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}

internal sealed record CodeBlock(string Language, string Text);
