using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Tests.Dashboards.Lint;

/// <summary>A rule of Grafana's dashboard-linter, under its name there.</summary>
internal sealed record LintRule(string Name, Func<JsonObject, IEnumerable<Finding>> Find)
{
    public static LintRule OfDashboard(string name, Func<JsonObject, IEnumerable<string>> find) =>
        new(name, dashboard => find(dashboard).Select(message => new Finding(name, dashboard.Text("title"), "", 0, message)));

    public static LintRule OfPanel(string name, Func<JsonObject, JsonObject, IEnumerable<string>> find) =>
        new(name, dashboard => dashboard.Panels().SelectMany(panel => find(dashboard, panel).Select(message => new Finding(name, dashboard.Text("title"), panel.Text("title"), 0, message))));

    /// <summary>For each query of each panel, except those that are hidden.</summary>
    public static LintRule OfTarget(string name, Func<JsonObject, JsonObject, JsonObject, IEnumerable<string>> find) =>
        new(name, dashboard => dashboard.Panels().SelectMany(panel => panel.Targets().SelectMany((target, index) =>
            find(dashboard, panel, target).Select(message => new Finding(name, dashboard.Text("title"), panel.Text("title"), index, message)))));
}

/// <summary>What a rule found, with all by which <c>.lint</c> can exclude it.</summary>
internal sealed record Finding(string Rule, string Dashboard, string Panel, int Target, string Message)
{
    public override string ToString() => $"{Rule}: {Dashboard} / {Panel} / {Target}: {Message}";
}
