using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards.Panels;

/// <summary>Numbers as bars below each other, to compare them.</summary>
internal sealed record Bars(string Title, string Description) : Panel(Title, Description)
{
    protected override string Type => "bargauge";

    protected override JsonObject Options() => new()
    {
        ["displayMode"] = "gradient",
        ["orientation"] = "horizontal",
        ["reduceOptions"] = new JsonObject { ["calcs"] = new JsonArray("lastNotNull"), ["fields"] = "", ["values"] = false },
        ["showUnfilled"] = true,
        ["valueMode"] = "color",
    };
}
