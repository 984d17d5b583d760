using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards.Panels;

/// <summary>A histogram over time: how many observations each bucket got.</summary>
/// <param name="BucketUnit">The unit of the buckets' bounds; the panel's own is that of the counts.</param>
internal sealed record Heatmap(string Title, string Description, string BucketUnit) : Panel(Title, Description)
{
    protected override string Type => "heatmap";

    protected override JsonObject Custom() => new() { ["scaleDistribution"] = new JsonObject { ["type"] = "linear" } };

    protected override JsonObject Options() => new()
    {
        ["calculate"] = false,
        ["cellGap"] = 1,
        ["color"] = new JsonObject
        {
            ["mode"] = "scheme",
            ["scheme"] = "Oranges",
            ["scale"] = "exponential",
            ["exponent"] = 0.5m,
            ["steps"] = 64,
            ["reverse"] = false,
            ["fill"] = "dark-orange",
        },
        ["exemplars"] = new JsonObject { ["color"] = "rgba(255,0,255,0.7)" },
        // Cells of nothing stay empty.
        ["filterValues"] = new JsonObject { ["le"] = 1e-9 },
        ["legend"] = new JsonObject { ["show"] = true },
        ["rowsFrame"] = new JsonObject { ["layout"] = "auto" },
        ["tooltip"] = new JsonObject { ["mode"] = "single", ["showColorScale"] = false, ["yHistogram"] = true },
        ["yAxis"] = new JsonObject { ["axisPlacement"] = "left", ["reverse"] = false, ["unit"] = BucketUnit },
    };
}
