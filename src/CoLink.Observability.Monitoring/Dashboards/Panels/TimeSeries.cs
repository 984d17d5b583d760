using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards.Panels;

/// <summary>Lines over time.</summary>
internal sealed record TimeSeries(string Title, string Description) : Panel(Title, Description)
{
    protected override string Type => "timeseries";

    public bool Stacked { get; init; }

    protected override string ColorMode => "palette-classic";

    protected override JsonObject Custom() => new()
    {
        ["drawStyle"] = "line",
        ["lineWidth"] = 1,
        ["fillOpacity"] = Stacked ? 30 : 5,
        ["showPoints"] = "never",
        ["spanNulls"] = false,
        ["stacking"] = new JsonObject { ["group"] = "A", ["mode"] = Stacked ? "normal" : "none" },
        ["thresholdsStyle"] = new JsonObject { ["mode"] = Thresholds.Count > 0 ? "dashed" : "off" },
    };

    protected override JsonObject Options() => new()
    {
        ["legend"] = new JsonObject { ["calcs"] = new JsonArray("lastNotNull", "max"), ["displayMode"] = "table", ["placement"] = "bottom", ["showLegend"] = true },
        ["tooltip"] = new JsonObject { ["mode"] = "multi", ["sort"] = "desc" },
    };
}
