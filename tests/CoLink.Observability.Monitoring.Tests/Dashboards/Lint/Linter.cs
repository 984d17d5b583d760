using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Monitoring.Tests.Dashboards.Lint;

/// <summary>
/// The 17 rules of Grafana's dashboard-linter 0.2.0, ported: it is written in Go, which a contributor need not have. What the linter calls a
/// warning is an error here.
/// </summary>
internal static partial class Linter
{
    private static readonly string[] Linted = ["singlestat", "graph", "table", "timeseries"];
    private static readonly string[] Described = [.. Linted, "stat", "gauge"];
    private static readonly string[] Queried = ["singlestat", "gauge", "table", "stat", "state-timeline", "timeseries"];
    private static readonly string[] LabelFunctions = ["label_names", "label_values", "metrics", "query_result"];

    /// <summary>Those of the linter's list that are in use here; a further one is added from there.</summary>
    private static readonly string[] Units =
        ["none", "short", "percent", "percentunit", "bytes", "Bps", "s", "m", "h", "d", "ms", "µs", "cps", "ops", "reqps", "rps", "mps", "mpm", "bool", "bool_yes_no"];

    public static readonly LintRule[] Rules =
    [
        LintRule.OfDashboard("template-datasource-rule", TemplateDatasource),
        LintRule.OfDashboard("template-job-rule", dashboard => Template(dashboard, "job", "Job")),
        LintRule.OfDashboard("template-instance-rule", dashboard => Template(dashboard, "instance", "Instance")),
        LintRule.OfDashboard("template-label-promql-rule", TemplateLabel),
        LintRule.OfDashboard("template-on-time-change-reload-rule", dashboard =>
            Queries(dashboard).Where(variable => variable.Number("refresh") != 2).Select(variable => $"{variable.Text("name")} is not refreshed when the time range changes")),
        LintRule.OfPanel("panel-datasource-rule", PanelDatasource),
        LintRule.OfPanel("panel-title-description-rule", (_, panel) =>
            Described.Contains(panel.Text("type")) && (panel.Text("title").Length == 0 || panel.Text("description").Length == 0) ? ["has no title or no description"] : []),
        LintRule.OfPanel("panel-units-rule", PanelUnits),
        LintRule.OfPanel("panel-no-targets-rule", (_, panel) => Described.Contains(panel.Text("type")) && panel["targets"] is null ? ["has no targets"] : []),
        LintRule.OfTarget("target-logql-rule", (_, panel, target) =>
            IsLoki(target) && IsQueried(panel) && !Stream().IsMatch(target.Text("expr")) ? [$"is no LogQL: {target.Text("expr")}"] : []),
        LintRule.OfTarget("target-logql-auto-rule", (_, panel, target) =>
            IsLoki(target) && IsQueried(panel) && FixedRange().IsMatch(target.Text("expr")) ? ["should use $__auto"] : []),
        LintRule.OfTarget("target-promql-rule", (dashboard, panel, target) =>
            IsPrometheus(dashboard) && IsQueried(panel) && !IsPromQl(target.Text("expr")) ? [$"is no PromQL: {target.Text("expr")}"] : []),
        LintRule.OfTarget("target-rate-interval-rule", RateInterval),
        LintRule.OfTarget("target-job-rule", (dashboard, _, target) => Matcher(dashboard, target, "job")),
        LintRule.OfTarget("target-instance-rule", (dashboard, _, target) => Matcher(dashboard, target, "instance")),
        LintRule.OfTarget("target-counter-agg-rule", (_, _, target) => Selectors(target)
            // The linter looks at the printed selector's end, so that one with matchers escapes it; DashboardRuleTests are stricter.
            .Where(selector => selector.Matchers.Count == 0 && selector.Name.EndsWith("_total", StringComparison.Ordinal) && selector.Function is not ("rate" or "irate" or "increase"))
            .Select(selector => $"{selector.Name} is a counter")),
        LintRule.OfDashboard("uneditable-dashboard", dashboard => dashboard.Flag("editable") ? ["is editable"] : []),
    ];

    private static IEnumerable<JsonObject> DataSources(JsonObject dashboard) => dashboard.Variables().Where(variable => variable.Text("type") == "datasource");

    private static IEnumerable<JsonObject> Queries(JsonObject dashboard) => dashboard.Variables().Where(variable => variable.Text("type") == "query");

    private static bool IsPrometheus(JsonObject dashboard) => DataSources(dashboard).FirstOrDefault().Text("query") == "prometheus";

    private static bool IsLoki(JsonObject target) => target["datasource"].Text("type") == "loki";

    private static bool IsQueried(JsonObject panel) => Queried.Contains(panel.Text("type"));

    /// <summary>Only what cannot be PromQL at all: nothing, and LogQL. Prometheus' own parser has its test.</summary>
    private static bool IsPromQl(string expr) => expr.Length > 0 && !LogQl().IsMatch(expr) && expr.Count(letter => letter == '(') == expr.Count(letter => letter == ')');

    private static IReadOnlyList<LintedQuery.Selector> Selectors(JsonObject target) => IsPromQl(target.Text("expr")) ? LintedQuery.Selectors(target.Text("expr")) : [];

    private static IEnumerable<string> TemplateDatasource(JsonObject dashboard)
    {
        var sources = DataSources(dashboard).ToArray();
        if (sources.Length == 0)
            yield return "has no data source variable";
        foreach (var source in sources)
        {
            var kind = source.Text("query");
            var single = sources.Length == 1;
            if (source.Text("name") != $"{kind}_datasource" && !(single && source.Text("name") == "datasource"))
                yield return $"{source.Text("name")} should be {kind}_datasource";
            var label = $"{char.ToUpperInvariant(kind.FirstOrDefault('?'))}{(kind.Length > 0 ? kind[1..] : "")} data source";
            if (source.Text("label") != label && !(single && source.Text("label") == "Data source"))
                yield return $"{source.Text("label")} should be {label}";
        }
    }

    private static IEnumerable<string> Template(JsonObject dashboard, string name, string label)
    {
        if (!IsPrometheus(dashboard))
            yield break;
        var variable = dashboard.Variables().FirstOrDefault(variable => variable.Text("name") == name);
        if (variable is null)
        {
            yield return $"has no variable {name}";
            yield break;
        }

        if (variable["datasource"].Text("uid") is not ("$datasource" or "${datasource}" or "$prometheus_datasource" or "${prometheus_datasource}"))
            yield return $"{name} has another data source";
        if (variable.Text("type") != "query")
            yield return $"{name} is no query";
        if (variable.Text("label") != label)
            yield return $"{name} is not labelled {label}";
        if (!variable.Flag("multi"))
            yield return $"{name} takes one value only";
        if (variable.Text("allValue") != ".+")
            yield return $"{name} does not have .+ for all";
    }

    private static IEnumerable<string> TemplateLabel(JsonObject dashboard) => !IsPrometheus(dashboard) ? [] : Queries(dashboard)
        .Select(variable => (Name: variable.Text("name"), Query: variable["query"] is JsonObject query ? query.Text("query") : variable.Text("query")))
        .Where(variable => Label().Match(variable.Query) is not { Success: true } match
            || !LabelFunctions.Contains(match.Groups[1].Value)
            || LintedQuery.Selectors(match.Groups[2].Value).Count == 0)
        .Select(variable => $"{variable.Name} asks {variable.Query}");

    private static IEnumerable<string> PanelDatasource(JsonObject dashboard, JsonObject panel)
    {
        var uid = panel["datasource"].Text("uid");
        return Linted.Contains(panel.Text("type")) && !DataSources(dashboard).Any(source => uid == $"${source.Text("name")}" || uid == $"${{{source.Text("name")}}}")
            ? [$"has the data source '{uid}'"]
            : [];
    }

    private static IEnumerable<string> PanelUnits(JsonObject dashboard, JsonObject panel)
    {
        var field = panel["fieldConfig"];
        var overrides = field?["overrides"].Items().SelectMany(entry => entry["properties"].Items()).ToArray() ?? [];
        if (!Described.Contains(panel.Text("type"))
            || (panel.Text("type") == "stat" && panel["options"]?["reduceOptions"].Text("fields").Length > 0)
            || field?["defaults"]?["mappings"] is not null
            || overrides.Any(property => property.Text("id") == "mappings"))
            return [];
        var unit = overrides.LastOrDefault(property => property.Text("id") == "unit")?.Text("value") ?? field?["defaults"].Text("unit");
        return Units.Contains(unit) ? [] : [$"has the unit '{unit}'"];
    }

    private static IEnumerable<string> RateInterval(JsonObject dashboard, JsonObject panel, JsonObject target) => !IsPrometheus(dashboard) || !IsQueried(panel) ? [] : Selectors(target)
        .Where(selector => selector.Function is "rate" or "irate" && selector.Range.Length > 0 && selector.Range != "$__rate_interval")
        .Select(selector => $"{selector.Name} should be over $__rate_interval");

    private static IEnumerable<string> Matcher(JsonObject dashboard, JsonObject target, string label) => !IsPrometheus(dashboard) || IsLoki(target) ? [] : Selectors(target)
        .Where(selector => !selector.Matchers.Contains((label, "=~", $"${label}")))
        .Select(selector => $"{selector.Name} has no {label}=~\"${label}\"");

    [GeneratedRegex(@"^([a-z_]+)\((.+)\)$")]
    private static partial Regex Label();

    /// <summary>A stream selector and its pipeline.</summary>
    [GeneratedRegex("""\{[^{}]*\}\s*(\||!=|!~)""")]
    private static partial Regex LogQl();

    /// <summary>A selector of streams that names at least one label.</summary>
    [GeneratedRegex("""\{\s*[A-Za-z_]\w*\s*(=|=~|!=|!~)\s*"[^"]*".*\}""")]
    private static partial Regex Stream();

    [GeneratedRegex(@"\[(?!\$__auto\])[^\]]+\]")]
    private static partial Regex FixedRange();
}
