using System.Text.Json.Nodes;
using CoLink.Observability.Monitoring.Tests.Dashboards.Lint;

namespace CoLink.Observability.Monitoring.Tests.Dashboards;

/// <summary>Each rule can fail: a dashboard that all rules take, with one thing broken.</summary>
public sealed class LintRuleTests
{
    private const string Fine = """
        {
          "title": "Fine", "editable": false,
          "templating": { "list": [
            { "name": "prometheus_datasource", "label": "Prometheus data source", "type": "datasource", "query": "prometheus" },
            { "name": "loki_datasource", "label": "Loki data source", "type": "datasource", "query": "loki" },
            { "name": "job", "label": "Job", "type": "query", "query": "label_values(up, job)", "multi": true, "allValue": ".+", "refresh": 2, "datasource": { "uid": "${prometheus_datasource}" } },
            { "name": "instance", "label": "Instance", "type": "query", "query": "label_values(up{job=~\"$job\"}, instance)", "multi": true, "allValue": ".+", "refresh": 2, "datasource": { "uid": "$prometheus_datasource" } }
          ] },
          "panels": [
            {
              "type": "timeseries", "title": "Requests", "description": "A second.", "datasource": { "uid": "${prometheus_datasource}" },
              "fieldConfig": { "defaults": { "unit": "reqps" } },
              "targets": [ { "datasource": { "type": "prometheus" }, "expr": "sum by (job) (rate(http_requests_total{job=~\"$job\",instance=~\"$instance\"}[$__rate_interval]))" } ]
            }
          ]
        }
        """;

    public static TheoryData<string, string, string> Broken => new()
    {
        { "template-datasource-rule", "\"prometheus_datasource\", \"label\"", "\"source\", \"label\"" },
        { "template-datasource-rule", "Loki data source", "Logs" },
        { "template-job-rule", "\"name\": \"job\"", "\"name\": \"jobs\"" },
        { "template-job-rule", "\"label\": \"Job\"", "\"label\": \"Service\"" },
        { "template-job-rule", "\"allValue\": \".+\"", "\"allValue\": \".*\"" },
        { "template-job-rule", "\"multi\": true", "\"multi\": false" },
        { "template-job-rule", "\"type\": \"query\"", "\"type\": \"custom\"" },
        { "template-job-rule", "{ \"uid\": \"${prometheus_datasource}\" } },", "{ \"uid\": \"prometheus\" } }," },
        { "template-instance-rule", "\"name\": \"instance\"", "\"name\": \"pod\"" },
        { "template-label-promql-rule", "label_values(up, job)", "values(up, job)" },
        { "template-on-time-change-reload-rule", "\"refresh\": 2", "\"refresh\": 1" },
        { "panel-datasource-rule", "\"description\": \"A second.\", \"datasource\": { \"uid\": \"${prometheus_datasource}\" }", "\"description\": \"A second.\", \"datasource\": { \"uid\": \"prometheus\" }" },
        { "panel-title-description-rule", "A second.", "" },
        { "panel-units-rule", "reqps", "msg/s" },
        { "panel-no-targets-rule", "\"targets\"", "\"questions\"" },
        { "target-logql-rule", "{ \"type\": \"prometheus\" }, \"expr\": \"sum by (job) (rate(http_requests_total{job=~\\\"$job\\\",instance=~\\\"$instance\\\"}[$__rate_interval]))", "{ \"type\": \"loki\" }, \"expr\": \"|= error" },
        { "target-logql-auto-rule", "{ \"type\": \"prometheus\" }, \"expr\": \"sum by (job) (rate(http_requests_total{job=~\\\"$job\\\",instance=~\\\"$instance\\\"}[$__rate_interval]))", "{ \"type\": \"loki\" }, \"expr\": \"rate({app=\\\"a\\\"} | json [5m])" },
        { "target-promql-rule", "[$__rate_interval]))", "[$__rate_interval])" },
        { "target-promql-rule", "\"expr\"", "\"query\"" },
        { "target-rate-interval-rule", "[$__rate_interval]", "[5m]" },
        { "target-job-rule", "job=~\\\"$job\\\",instance", "job=\\\"users\\\",instance" },
        { "target-instance-rule", ",instance=~\\\"$instance\\\"}[", "}[" },
        { "target-counter-agg-rule", "rate(http_requests_total{job=~\\\"$job\\\",instance=~\\\"$instance\\\"}[$__rate_interval])", "http_requests_total" },
        { "uneditable-dashboard", "\"editable\": false", "\"editable\": true" },
    };

    [Fact]
    public void The_dashboard_that_is_broken_was_whole() => Assert.Empty(Linter.Rules.SelectMany(rule => rule.Find(Json.Parse(Fine))));

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_a_rule_is_about_it_finds(string rule, string whole, string broken)
    {
        var at = Fine.IndexOf(whole, StringComparison.Ordinal);
        Assert.True(at >= 0, $"There is no {whole} to break.");

        var findings = Linter.Rules.Single(candidate => candidate.Name == rule).Find(Json.Parse(Fine[..at] + broken + Fine[(at + whole.Length)..]));

        Assert.NotEmpty(findings);
    }

    [Fact]
    public void There_are_the_linters_seventeen_rules_and_each_was_broken()
    {
        Assert.Equal(17, Linter.Rules.Select(rule => rule.Name).Distinct().Count());
        Assert.Equal(Linter.Rules.Select(rule => rule.Name).Order(), Broken.Select(row => row.Data.Item1).Distinct().Order());
    }

    [Fact]
    public void A_selector_is_found_with_all_that_rules_ask_about()
    {
        var found = LintedQuery.Selectors("""topk(3, a{x="1",y=~"b|c"} / on (x) group_left () (sum by (x) (rate({__name__="d"}[5m] offset 1w)) > 0)) or b:c""");

        Assert.Equal(["a", "", "b:c"], found.Select(selector => selector.Name));
        Assert.Equal([("x", "=", "1"), ("y", "=~", "b|c")], found[0].Matchers);
        Assert.Equal(("5m", "rate"), (found[1].Range, found[1].Function));
    }
}
