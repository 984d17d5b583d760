using System.Text.Json.Nodes;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Dashboards.Panels;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Dashboards.Lint;

namespace CoLink.Observability.Monitoring.Tests.Dashboards;

/// <summary>Services of one name in two clusters or namespaces are two, on every panel that does not say otherwise.</summary>
public sealed class DashboardPlaceTests
{
    private static readonly string[] Place = ["cluster", "namespace"];

    public static TheoryData<string, string> Mixing => new()
    {
        { "sum by (job) (up)", "sum by (job)" },
        { "sum(up)", "sum by ()" },
        { "sum without (instance) (up)", "sum by ()" },
        { "sum by (cluster, job) (up)", "sum by (cluster, job)" },
        { "topk(3, max by (namespace, job) (up))", "max by (namespace, job)" },
        { "count by (cluster, namespace) (up) / on (job) up", "on by (job)" },
    };

    [Theory]
    [MemberData(nameof(Mixing))]
    public void What_would_mix_is_found(string expr, string found) => Assert.Equal([found], Mixes(expr));

    [Theory]
    [InlineData("sum by (cluster, namespace, job) (rate(a[5m]))")]
    [InlineData("topk(3, a)")]
    [InlineData("a / on (cluster, namespace, job) group_left () b")]
    public void What_keeps_the_place_is_not(string expr) => Assert.Empty(Mixes(expr));

    [Fact]
    public void No_panel_mixes_two_places_without_saying_so() =>
        Assert.Empty(Queries.Where(query => !SaysSo(query.Panel)).SelectMany(query => Mixes(query.Expr).Select(mixed => $"{query.Name}: {mixed}")));

    [Fact]
    public void A_panel_that_says_so_does() =>
        Assert.Empty(Queries.Where(query => SaysSo(query.Panel) && !Mixes(query.Expr).Any()).Select(query => $"{query.Name}: {query.Expr}"));

    [Fact]
    public void No_annotation_mixes_two_places() => Assert.Empty(Rendered.Dashboards.SelectMany(dashboard => dashboard.Annotations())
        .SelectMany(annotation => Mixes(annotation.Text("expr")).Select(mixed => $"{annotation.Text("name")}: {mixed}")));

    /// <summary>Two lines of one name are read as one.</summary>
    [Fact]
    public void A_lines_name_tells_everything_that_it_is_grouped_by() => Assert.All(Queries.Where(query => query.Panel.Text("type") != "table"), query =>
    {
        var legend = query.Target.Text("legendFormat");
        var labels = Labels(query.Expr).Concat(SaysSo(query.Panel) ? [] : Place);
        Assert.All(labels, label => Assert.True(legend.Contains($"{{{{{label}}}}}", StringComparison.Ordinal), $"{query.Name}: '{legend}' does not tell {label}."));
    });

    [Fact]
    public void A_row_shows_everything_that_it_is_grouped_by() => Assert.All(Queries.Where(query => query.Panel.Text("type") == "table"), query =>
    {
        var columns = query.Panel["transformations"].Items().Single(step => step.Text("id") == "organize")["options"]!;
        Assert.All(Labels(query.Expr).Concat(Place), label => Assert.True(
            columns["indexByName"]![label] is not null && columns["excludeByName"]![label] is null, $"{query.Name} does not show {label}."));
    });

    /// <summary>Of a namespace only the services of it can be chosen, and of those only their instances.</summary>
    [Fact]
    public void A_variable_offers_what_those_before_it_leave() => Assert.All(Rendered.Dashboards, dashboard =>
    {
        var variables = dashboard.Variables().Where(variable => variable.Text("type") == "query").ToArray();
        for (var index = 1; index < variables.Length; index++)
        {
            var asked = variables[index].Text("definition");
            // The objectives are recorded of services, not of instances.
            var before = variables.Take(index).Select(variable => variable.Text("name")).Where(name => name != "instance" || !asked.Contains(Recorded.Objective, StringComparison.Ordinal));
            Assert.All(before, name => Assert.True(asked.Contains($"{name}=~\"${name}\"", StringComparison.Ordinal), $"{dashboard.Text("title")}: {asked} does not go by {name}."));
        }
    });

    [Fact]
    public void A_dashboard_looks_back_as_far_as_the_rules_do() => Assert.All(
        Rendered.Expressions.SelectMany(expression => expression.Expr.Split("offset ").Skip(1).Select(rest => rest.Split(')', ' ', '\n')[0])),
        offset => Assert.Contains(offset, new[] { Ranges.Short, Ranges.Week }));

    /// <summary>A click on a service must not lead to its namesake.</summary>
    [Fact]
    public void A_link_from_a_service_goes_to_its_place() => Assert.All(
        Rendered.Panels.SelectMany(panel => panel.Panel.Descend()).OfType<JsonObject>().Select(map => map.Text("url")).Where(url => url.StartsWith("/d/", StringComparison.Ordinal)),
        url => Assert.All(Place, label => Assert.True(
            url.Contains($"var-{label}=${{__", StringComparison.Ordinal) || (url.Contains("fields.service", StringComparison.Ordinal) && url.Contains($"${{{label}:queryparam}}", StringComparison.Ordinal)), url)));

    private static IEnumerable<(string Name, JsonObject Panel, JsonObject Target, string Expr)> Queries =>
        from panel in Rendered.Panels
        from target in panel.Panel.Targets()
        where target["datasource"].Text("type") == DataSource.Prometheus.Kind
        select (panel.Name, panel.Panel, target, target.Text("expr"));

    private static IEnumerable<string> Mixes(string expr) =>
        LintedQuery.Groups(expr).Where(group => !Place.All(group.Labels.Contains)).Select(group => $"{group.Word} by ({string.Join(", ", group.Labels)})");

    /// <summary>The labels of what is shown: those of the outermost aggregation, without the buckets that a quantile takes up.</summary>
    private static IEnumerable<string> Labels(string expr)
    {
        var labels = LintedQuery.Groups(expr).FirstOrDefault(group => group.Word != "on")?.Labels ?? [];
        return expr.Contains("histogram_quantile", StringComparison.Ordinal) ? labels.Where(label => label != "le") : labels;
    }

    private static bool SaysSo(JsonObject panel) => panel.Text("description").EndsWith(Panel.OfAll, StringComparison.Ordinal);
}
