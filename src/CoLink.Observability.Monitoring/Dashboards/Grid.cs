using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>Puts panels beside and below each other on Grafana's grid of 24 columns, as words on a line: none lies upon another.</summary>
internal static class Grid
{
    public const int Columns = 24;

    private const int HeadingHeight = 1;

    public static IEnumerable<JsonObject> Lay(IReadOnlyList<Row> rows)
    {
        var (id, top) = (1, 0);
        foreach (var row in rows)
        {
            yield return Heading(row, id++, top);
            top += HeadingHeight;
            var (left, lineHeight) = (0, 0);
            foreach (var panel in row.Panels)
            {
                if (left + panel.Width > Columns)
                {
                    top += lineHeight;
                    (left, lineHeight) = (0, 0);
                }

                var json = panel.Json();
                json.Insert(0, "id", id++);
                json.Insert(1, "gridPos", Position(left, top, panel.Width, panel.Height));
                yield return json;
                left += panel.Width;
                lineHeight = Math.Max(lineHeight, panel.Height);
            }

            top += lineHeight;
        }
    }

    private static JsonObject Heading(Row row, int id, int top) => new()
    {
        ["id"] = id,
        ["gridPos"] = Position(0, top, Columns, HeadingHeight),
        ["type"] = "row",
        ["title"] = row.Title,
        ["collapsed"] = false,
        ["panels"] = new JsonArray(),
    };

    private static JsonObject Position(int x, int y, int width, int height) => new() { ["x"] = x, ["y"] = y, ["w"] = width, ["h"] = height };
}
