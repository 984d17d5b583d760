using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Rules;

/// <summary>The rules as Prometheus reads them; the operator's PrometheusRule and the chart's values hold the very same groups.</summary>
internal static class RuleFile
{
    public const string Path = "prometheus-rules.yml";

    public static RenderedFile Render(RuleContext context) => new(Path, Yaml.Write(Headers.Rendered, new Map { { "groups", Groups(context) } }));

    public static IReadOnlyList<Map> Groups(RuleContext context) => [.. RuleGroups.Of(context).Select(group => Group(group, context))];

    public static Map Group(RuleGroup group, RuleContext context) => new()
    {
        { "name", group.Name },
        { "interval", group.Interval },
        { "rules", group.Rules.Select(rule => Rule(rule, context)) },
    };

    public static Map Rule(Rule rule, RuleContext context) => rule switch
    {
        RecordingRule recording => new Map { { "record", recording.Record }, { "expr", recording.Expr } }.With("labels", Labels(recording)),
        Alert alert => Alert(alert, context),
        _ => throw new ArgumentException($"A {rule.GetType().Name} is no rule of Prometheus.", nameof(rule)),
    };

    private static Map Alert(Alert alert, RuleContext context)
    {
        var map = new Map { { "alert", alert.Name }, { "expr", alert.Expr } };
        var pause = context.Time[alert.For];
        map.With("for", pause == "0s" ? null : pause);
        map.With("keep_firing_for", alert.KeepFiringFor is { } keep ? context.Time[keep] : null);
        var labels = new Map { { "severity", SeverityText(alert.Severity) }, { "service", alert.Service } };
        foreach (var (name, value) in alert.Labels)
            labels.Add(name, value);
        map.Add("labels", labels);
        map.Add("annotations", new Map
        {
            { "summary", alert.Summary },
            { "description", alert.Description },
            { "runbook_url", $"{context.Platform.Links.Runbooks}/{alert.Name}.md" },
            { "dashboard_url", DashboardUrl(alert, context) },
        });
        return map;
    }

    public static string SeverityText(Severity severity) => severity.ToString().ToLowerInvariant();

    private static string DashboardUrl(Alert alert, RuleContext context)
    {
        var url = $"{context.Platform.Links.Grafana}/d/{alert.Dashboard.Uid}";
        return alert.Dashboard.PassesJob && alert.NamesJob
            ? $"{url}?{string.Join('&', RuleContext.PlaceLabels.Append("job").Select(label => $$$"""var-{{{label}}}={{ $labels.{{{label}}} }}"""))}"
            : url;
    }

    private static Map? Labels(Rule rule)
    {
        if (rule.Labels.Count == 0)
            return null;
        var labels = new Map();
        foreach (var (name, value) in rule.Labels)
            labels.Add(name, value);
        return labels;
    }
}
