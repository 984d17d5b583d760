using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards.Panels;

/// <summary>Alerts that fire now, as the data source's rules say.</summary>
internal sealed record AlertList(string Title, string Description) : Panel(Title, Description)
{
    protected override string Type => "alertlist";

    protected override JsonObject Options() => new()
    {
        ["alertInstanceLabelFilter"] = "{cluster=~\"$cluster\",namespace=~\"$namespace\"}",
        ["dashboardAlerts"] = false,
        ["groupBy"] = new JsonArray(),
        ["groupMode"] = "default",
        ["maxItems"] = 20,
        ["sortOrder"] = 3,
        ["stateFilter"] = new JsonObject { ["error"] = true, ["firing"] = true, ["noData"] = false, ["normal"] = false, ["pending"] = false },
        ["viewMode"] = "list",
    };
}

/// <summary>Lines of the logs, newest first.</summary>
internal sealed record Logs(string Title, string Description) : Panel(Title, Description)
{
    protected override string Type => "logs";

    protected override JsonObject Options() => new()
    {
        ["dedupStrategy"] = "none",
        ["enableLogDetails"] = true,
        ["prettifyLogMessage"] = false,
        ["showCommonLabels"] = false,
        ["showLabels"] = false,
        ["showTime"] = true,
        ["sortOrder"] = "Descending",
        ["wrapLogMessage"] = true,
    };
}

/// <summary>Traces that a search found; Grafana shows them as a table whose ids open the trace.</summary>
internal sealed record TraceList(string Title, string Description) : Panel(Title, Description)
{
    protected override string Type => "table";

    protected override JsonObject Options() => new() { ["cellHeight"] = "sm", ["showHeader"] = true };
}
