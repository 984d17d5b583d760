using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Rendering;

/// <summary>What one entry of the platform's file changes.</summary>
public sealed class PlatformFlowTests
{
    [Fact]
    public void A_ninth_service_changes_these_files()
    {
        var pages = AlertCatalogue.All(Committed.Context)
            .Where(alert => alert.Expr.Contains(Committed.Context.Jobs, StringComparison.Ordinal) || alert.Name == "CoLinkServiceAbsent")
            .Select(alert => RunbookFiles.Path(alert.Name));

        Assert.Equal(
            new[]
            {
                "OPERATIONS.md", "README.md", "alertmanager.yml", "grafana-dashboards/colink-api.json", "grafana-dashboards/colink-business.json",
                "grafana-dashboards/colink-database.json", "grafana-dashboards/colink-overview.json", "grafana-dashboards/colink-slo.json",
                "kubernetes/dashboards.yaml", "kubernetes/headless-services.yaml", "kubernetes/network-policies.yaml", "kubernetes/prometheus-rule.yaml",
                "kubernetes/service-monitors.yaml", "loki-values.yaml", "prometheus-rules.yml", "prometheus-values.yaml", "prometheus.yml", "slo.md", "tempo-values.yaml",
            }.Concat(pages).Distinct().Order(StringComparer.Ordinal),
            Changed("  - name: users-service\n", "  - name: ninth-service\n    port: 8009\n    dependencies: [postgresql]\n  - name: users-service\n"));
    }

    [Fact]
    public void Retention_flows_to_every_place() => Assert.Equal(
        ["OPERATIONS.md", "compose/loki.yaml", "compose/tempo.yaml", "docker-compose.yml", "loki-values.yaml", "prometheus-values.yaml", "tempo-values.yaml"],
        Changed("  prometheus: 35d\n  loki: 14d\n  tempo: 7d\n", "  prometheus: 40d\n  loki: 15d\n  tempo: 8d\n"));

    private static string[] Changed(string was, string now)
    {
        var text = File.ReadAllText(Committed.File);
        Assert.Contains(was, text, StringComparison.Ordinal);
        var before = Committed.Files.ToDictionary(file => file.Path, file => file.Content);
        var files = MonitoringDirectory.Render(PlatformFile.Parse(text.Replace(was, now, StringComparison.Ordinal)), TimeScale.Real);
        return [.. files.Where(file => before.GetValueOrDefault(file.Path) != file.Content).Select(file => file.Path)];
    }
}
