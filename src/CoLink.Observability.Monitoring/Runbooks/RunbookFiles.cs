using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Runbooks;

/// <summary>A page an alert: what people wrote, with what the rule says around it.</summary>
internal static partial class RunbookFiles
{
    public static string Path(string alert) => $"runbooks/{alert}.md";

    public static IEnumerable<RenderedFile> Render(RuleContext context)
    {
        var forms = AlertCatalogue.All(context).ToLookup(alert => alert.Name, StringComparer.Ordinal);
        return RunbookPages.Of(context).Select(page => new RenderedFile(Path(page.Name), Text(page, [.. forms[page.Name]], context)));
    }

    /// <summary>What the written parts of all pages tell a reader to ask. The rules' own expressions are not among them.</summary>
    public static IReadOnlyList<DocumentQuery> Queries(RuleContext context) => [.. RunbookPages.Of(context).SelectMany(page => page.Queries)];

    /// <summary>A silence for the alert of one service; <c>$SERVICE</c> is the alert's label.</summary>
    public static string Silence(string alert, RuleContext context) => $"""
        amtool silence add --alertmanager.url={context.Platform.Links.Alertmanager} \
          --author="$USER" --duration=2h --comment="TICKET: why, and until when" \
          alertname={alert} cluster={context.Platform.Cluster} service="$SERVICE"
        """;

    /// <summary>Whom an alert of this severity is told.</summary>
    public static string Told(Severity severity, RuleContext context) => severity switch
    {
        Severity.Critical => "critical: a page, through PagerDuty",
        Severity.Warning => $"warning: Slack, {context.Platform.Receivers.SlackChannel}, to be looked at today",
        Severity.Info => $"info: on the dashboards; in Slack, {context.Platform.Receivers.SlackChannel}, beside a louder alert of the same service and never alone",
        _ => "none: no fault",
    };

    private static string Text(RunbookPage page, IReadOnlyList<Alert> forms, RuleContext context) => $"""
        <!-- {Headers.Rendered} The prose stands in the tool's Runbooks/Pages. -->

        # {page.Name}

        {Summary(forms[0])}

        {Markdown.Table(["", ""], Facts(forms, context))}

        {Linked(page, context)}

        ## Silence

        Where a ticket says that it is known. `$SERVICE` is the alert's label `service`; every query above answers for all services at once.

        {Markdown.Code("bash", Silence(page.Name, context))}

        ## Rule

        {string.Join("\n\n", forms.Select(form => Rule(form, forms.Count > 1)))}

        """;

    /// <summary>The written text, in which the name of another alert leads to its page.</summary>
    private static string Linked(RunbookPage page, RuleContext context)
    {
        var names = AlertCatalogue.All(context).Select(alert => alert.Name).ToHashSet(StringComparer.Ordinal);
        var inside = false;
        return string.Join('\n', page.Text.Split('\n').Select(line =>
        {
            var fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            inside ^= fence;
            return inside || fence ? line : Name().Replace(line, name => name.Value != page.Name && names.Contains(name.Value) ? Markdown.Link(name.Value, $"{name.Value}.md") : name.Value);
        }));
    }

    private static IEnumerable<string[]> Facts(IReadOnlyList<Alert> forms, RuleContext context)
    {
        yield return ["severity", Each(forms, form => Told(form.Severity, context))];
        yield return ["service", Each(forms, form => Readable(form.Service))];
        yield return ["threshold", Each(forms, form => form.Threshold)];
        yield return ["must hold for", Each(forms, form => context.Time[form.For])];
        if (forms[0].KeepFiringFor is { } keep)
            yield return ["goes on for", context.Time[keep]];
        yield return ["dashboard", Markdown.Link(forms[0].Dashboard.Title, $"{context.Platform.Links.Grafana}/d/{forms[0].Dashboard.Uid}")];
        var muted = forms.SelectMany(form => Muted.By(form, context)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (muted.Length > 0)
            yield return ["silent while these fire", string.Join(", ", muted.Select(name => Markdown.Link(name, $"{name}.md")))];
        yield return ["more", string.Join(", ", Markdown.Link("what to do with an alert", "../OPERATIONS.md"), Markdown.Link("objectives", "../slo.md"))];
    }

    /// <summary>What the forms have in common once, else what each has.</summary>
    private static string Each(IReadOnlyList<Alert> forms, Func<Alert, string> text)
    {
        var texts = forms.Select(form => (Form: form.Form ?? "", Text: text(form))).ToArray();
        return texts.DistinctBy(same => same.Text).Count() == 1
            ? texts[0].Text
            : string.Join("; ", texts.Select(each => each.Form == each.Text || each.Form.Length == 0 ? each.Text : $"{each.Text} ({each.Form})"));
    }

    private static string Rule(Alert form, bool several) =>
        (several && form.Form is { } name ? $"{name}:\n\n" : "") + Markdown.Code(DocumentQuery.PromQl, form.Expr);

    private static string Summary(Alert alert) => $"> {Readable(alert.Summary)}";

    /// <summary>A template of Prometheus as a reader sees it: the label's name where its value will be.</summary>
    public static string Readable(string template) => Place().Replace(template, place => $"<{(place.Groups[1].Success ? place.Groups[1].Value : "value")}>").Replace("<", "‹", StringComparison.Ordinal).Replace(">", "›", StringComparison.Ordinal);

    [GeneratedRegex(@"\bCoLink[A-Za-z0-9]+\b(?![`\]])")]
    private static partial Regex Name();

    [GeneratedRegex(@"\{\{ \$(?:labels\.([a-z_]+)|value)[^}]*\}\}")]
    private static partial Regex Place();
}
