using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Tests.Dashboards.Lint;
using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Tests.Dashboards;

public sealed class DashboardFilesTests
{
    [Fact]
    public void Rendering_twice_gives_the_same_bytes() => Assert.Equal(DashboardFiles.Render(Committed.Context), DashboardFiles.Render(Committed.Context));

    [Fact]
    public void Queries_can_be_read_and_searched_for() => Assert.All(DashboardFiles.Render(Committed.Context), file =>
    {
        Assert.DoesNotContain(@"\u0022", file.Content, StringComparison.Ordinal);
        Assert.DoesNotContain(@"\u00", file.Content, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', file.Content);
        Assert.EndsWith("}\n", file.Content, StringComparison.Ordinal);
    });

    [Fact]
    public async Task Prometheus_parses_every_expression()
    {
        var queries = DashboardCatalogue.Queries(Committed.Context).Where(query => query.Source == DataSource.Prometheus).ToArray();
        var rules = queries.Select((query, index) => new Map { { "record", $"panel:{index}" }, { "expr", query.Everything() } });
        using var folder = new TemporaryFolder();
        var file = folder.Write("panels.yml", Yaml.Write("Every query of every dashboard.", new Map { { "groups", new[] { new Map { { "name", "panels" }, { "rules", rules } } } } }));

        await Tool.RunAsync(RealServers.Promtool, "check", "rules", file);
    }

    [Fact]
    public void No_variable_is_left_in_a_query_with_all_for_each() =>
        Assert.All(DashboardCatalogue.Queries(Committed.Context), query => Assert.DoesNotContain("$", query.Everything().Replace("\"$1\"", "", StringComparison.Ordinal), StringComparison.Ordinal));

    [Fact]
    public void The_queries_as_data_are_those_that_are_rendered() => Assert.Equal(
        Rendered.Panels.SelectMany(panel => panel.Panel.Targets()).Select(target => target.Text("expr").Length > 0 ? target.Text("expr") : target.Text("query")).Order(StringComparer.Ordinal),
        DashboardCatalogue.Queries(Committed.Context).Where(query => !query.Where.StartsWith("variable ", StringComparison.Ordinal) && !query.Where.StartsWith("annotation ", StringComparison.Ordinal))
            .Select(query => query.Expr).Order(StringComparer.Ordinal));
}
