using System.Text.RegularExpressions;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Dashboards.Lint;

namespace CoLink.Observability.Monitoring.Tests.Dashboards;

/// <summary>Our own rules, stricter than the linter's, on what is rendered.</summary>
public sealed partial class DashboardRuleTests
{
    /// <summary>Kinds whose content has no number of its own.</summary>
    private static readonly string[] WithoutUnit = ["logs", "alertlist"];

    private static readonly string[] CounterFunctions = ["rate", "irate", "increase", "resets", "deriv"];

    /// <summary>Series that are not of a job, and why.</summary>
    private static readonly Dictionary<string, string> WithoutJob = new()
    {
        [Recorded.KafkaLag] = "is of a group and a topic",
        [Scraped.Alerts.Name] = "has the labels of what the alert is about",
        [Scraped.Up.Name] = "chooses the cluster itself, in variables",
    };

    [Fact]
    public void The_seven_dashboards_have_their_titles_and_uids() => Assert.Equal(
        DashboardId.All.Select(id => (id.Title, id.Uid)), Rendered.Dashboards.Select(dashboard => (dashboard.Text("title"), dashboard.Text("uid"))));

    [Fact]
    public void No_panel_lies_upon_another_or_beyond_the_grid() => Assert.All(Rendered.Dashboards, dashboard =>
    {
        var places = dashboard.Panels().Select(panel => (Title: panel.Text("title"), X: panel["gridPos"].Number("x"), Y: panel["gridPos"].Number("y"), W: panel["gridPos"].Number("w"), H: panel["gridPos"].Number("h"))).ToArray();
        Assert.All(places, place => Assert.True(place is { X: >= 0, Y: >= 0, W: > 0, H: > 0 } && place.X + place.W <= 24, place.Title));
        var taken = new Dictionary<(int, int), string>();
        foreach (var place in places)
            for (var x = place.X; x < place.X + place.W; x++)
                for (var y = place.Y; y < place.Y + place.H; y++)
                    Assert.True(taken.TryAdd((x, y), place.Title), $"{place.Title} lies upon {taken.GetValueOrDefault((x, y))}.");

        // A hole is a panel of another width than its neighbours leave.
        var height = places.Max(place => place.Y + place.H);
        var holes = Enumerable.Range(0, height).Where(y => Enumerable.Range(0, 24).Any(x => !taken.ContainsKey((x, y))));
        Assert.True(!holes.Any(), $"{dashboard.Text("title")} has holes at the heights {string.Join(", ", holes)}.");
    });

    [Fact]
    public void Every_panel_says_what_it_is_and_in_which_unit() => Assert.All(Rendered.Panels, panel =>
    {
        Assert.True(panel.Panel.Text("title").Length > 0 && panel.Panel.Text("description").Length > 10, panel.Name);
        var isTraces = panel.Panel.Targets().Any(target => target["datasource"].Text("type") == "tempo");
        Assert.True(isTraces || WithoutUnit.Contains(panel.Panel.Text("type")) || panel.Panel["fieldConfig"]!["defaults"].Text("unit").Length > 0, panel.Name);
    });

    [Fact]
    public void Ids_and_titles_are_there_once() => Assert.All(Rendered.Dashboards, dashboard =>
    {
        Assert.Distinct(dashboard.Panels().Select(panel => panel.Number("id")));
        Assert.Distinct(dashboard.Panels().Select(panel => panel.Text("title")));
    });

    [Fact]
    public void A_counter_is_only_seen_through_its_growth()
    {
        var counters = MetricCatalogue.All.Where(metric => metric.Kind == MetricKind.Counter).Select(metric => metric.Name)
            .Concat(AllExporters.Metrics.Where(metric => metric.Type == "counter").Select(metric => metric.Name))
            .Concat(MetricCatalogue.All.Where(metric => metric.Kind == MetricKind.Histogram).Select(metric => metric.Name).Concat(AllExporters.Metrics.Where(metric => metric.Type == "histogram").Select(metric => metric.Name))
                .SelectMany(name => new[] { name + "_bucket", name + "_count", name + "_sum" }))
            .ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Selectors().Where(found => counters.Contains(found.Selector.Name) && !CounterFunctions.Contains(found.Selector.Function)).Select(Message));
    }

    [Fact]
    public void Rates_are_over_Grafanas_interval() =>
        Assert.Empty(Selectors().Where(found => found.Selector.Range.Length > 0 && found.Selector.Range is not ("$__rate_interval" or "$__range")).Select(Message));

    [Fact]
    public void Every_selector_names_cluster_namespace_and_job() => Assert.All(Selectors(), found =>
    {
        var matchers = found.Selector.Matchers;
        Assert.True(matchers.Contains(("cluster", "=~", "$cluster")) && matchers.Contains(("namespace", "=~", "$namespace")), $"{found.Name}: {found.Selector.Name} is of no place.");
        Assert.True(
            matchers.Contains(("job", "=~", "$job")) || matchers.Any(matcher => matcher is { Label: "job", Operator: "=" } && AllExporters.All.Any(exporter => exporter.Job == matcher.Value))
            || matchers.Contains(("job", "=~", ".+")) || WithoutJob.ContainsKey(found.Selector.Name),
            $"{found.Name}: {found.Selector.Name} is of no job.");
    });

    [Fact]
    public void Every_link_leads_to_a_dashboard_that_is_there()
    {
        var uids = DashboardId.All.Select(id => id.Uid).ToHashSet(StringComparer.Ordinal);
        var links = Rendered.Dashboards.SelectMany(dashboard => dashboard.Descend()).Select(node => node is System.Text.Json.Nodes.JsonObject map ? map.Text("url") : "").Where(url => url.Length > 0).ToArray();

        Assert.NotEmpty(links);
        Assert.All(links, url => Assert.True(url.StartsWith("/explore?", StringComparison.Ordinal) || (DashboardUid().Match(url) is { Success: true } match && uids.Contains(match.Groups[1].Value)), url));
    }

    [Fact]
    public void Explore_gets_JSON_whose_variables_are_still_open() => Assert.All(
        Rendered.Dashboards.SelectMany(dashboard => dashboard.Descend()).OfType<System.Text.Json.Nodes.JsonObject>().Select(map => map.Text("url")).Where(url => url.StartsWith("/explore?", StringComparison.Ordinal)),
        url =>
        {
            var panes = Json.Parse(Uri.UnescapeDataString(url[(url.IndexOf("panes=", StringComparison.Ordinal) + 6)..]));
            Assert.StartsWith("${", panes["colink"].Text("datasource"), StringComparison.Ordinal);
            Assert.Contains("${__", url, StringComparison.Ordinal);
        });

    [Fact]
    public void Every_data_source_is_one_that_the_reader_chooses()
    {
        var allowed = DataSource.All.Select(source => source.Reference).ToHashSet(StringComparer.Ordinal);
        var found = Rendered.Dashboards.SelectMany(dashboard => dashboard.Descend()).OfType<System.Text.Json.Nodes.JsonObject>().Select(map => map["datasource"]).OfType<System.Text.Json.Nodes.JsonObject>().ToArray();

        Assert.NotEmpty(found);
        Assert.All(found, source => Assert.Contains(source.Text("uid"), allowed));
    }

    [Fact]
    public void Classic_dashboards_of_schema_42_are_as_Grafana_writes_them() => Assert.All(Rendered.Dashboards, dashboard =>
    {
        Assert.Equal((42, 1, "utc", "30s"), (dashboard.Number("schemaVersion"), dashboard.Number("graphTooltip"), dashboard.Text("timezone"), dashboard.Text("refresh")));
        Assert.Equal("colink", dashboard["tags"]![0]!.GetValue<string>());
        Assert.Equal(["prometheus_datasource", "loki_datasource", "tempo_datasource", "cluster", "namespace", "job", "instance"], dashboard.Variables().Take(7).Select(variable => variable.Text("name")));
        Assert.All(dashboard.Variables(), variable => Assert.True(variable["current"]?["text"] is not null && variable["current"]?["value"] is not null, variable.Text("name")));
        Assert.Equal(["Deploys", "Rollouts", "Alerts"], dashboard.Annotations().Select(annotation => annotation.Text("name")));
    });

    [Fact]
    public void Histograms_of_services_show_exemplars() => Assert.Contains(Rendered.Panels, panel => panel.Panel.Targets().Any(target => target.Flag("exemplar")));

    private static IEnumerable<(string Name, LintedQuery.Selector Selector)> Selectors() =>
        Rendered.Expressions.SelectMany(expression => LintedQuery.Selectors(expression.Expr).Select(selector => (expression.Name, selector)));

    private static string Message((string Name, LintedQuery.Selector Selector) found) => $"{found.Name}: {found.Selector.Function}({found.Selector.Name}[{found.Selector.Range}])";

    [GeneratedRegex(@"^/d/([a-z0-9-]+)\?")]
    private static partial Regex DashboardUid();
}
