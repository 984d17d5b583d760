namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>The one table, for a terminal or for docs/benchmarks.md.</summary>
internal static class Table
{
    private static readonly string[] Header = ["work", "ours", "peer", "bare", "ratio", "budget", "met"];

    public static void Print(IReadOnlyList<Row> rows, bool markdown)
    {
        string[][] lines = [Header, .. rows.Select(row => row.Cells)];
        var widths = Enumerable.Range(0, Header.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        for (var i = 0; i < lines.Length; i++)
        {
            Console.WriteLine(Line(lines[i].Select((cell, column) => cell.PadRight(widths[column])), markdown));
            if (i == 0)
                Console.WriteLine(markdown ? "|" + string.Concat(Enumerable.Repeat("---|", Header.Length)) : Line(widths.Select(width => new string('-', width)), markdown));
        }
    }

    private static string Line(IEnumerable<string> cells, bool markdown) =>
        markdown ? $"| {string.Join(" | ", cells.Select(cell => cell.Trim()))} |" : string.Join("  ", cells).TrimEnd();
}
