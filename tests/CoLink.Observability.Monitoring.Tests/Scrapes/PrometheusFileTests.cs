using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Scrapes;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Scrapes;

public sealed class PrometheusFileTests
{
    [Fact]
    public Task Prometheus_accepts_it() => Tool.RunAsync(RealServers.Promtool, "check", "config", Path.Combine(Committed.Folder, PrometheusFile.Path));

    [Theory]
    [InlineData(60)]
    [InlineData(3600)]
    public async Task Prometheus_accepts_it_in_compressed_time(int scale)
    {
        using var folder = new TemporaryFolder();
        RenderedDirectory.Write(folder.Path, MonitoringDirectory.Render(Committed.Platform, new TimeScale(scale)));
        await Tool.RunAsync(RealServers.Promtool, "check", "config", Path.Combine(folder.Path, PrometheusFile.Path));
    }

    [Fact]
    public void Given_targets_replace_discovery()
    {
        var file = Rendered("    targets: ['127.0.0.1:9001']\nexporters:\n  alertmanager:\n    targets: ['127.0.0.1:9002']\n");

        Assert.Contains("      - targets:\n          - '127.0.0.1:9001'\n", file, StringComparison.Ordinal);
        Assert.Equal(3, file.Split("127.0.0.1:900").Length - 1);
        Assert.DoesNotContain("- users-service-headless", file, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guarded_service_is_asked_with_its_token_and_authority()
    {
        var file = Rendered("    scrape:\n      port: 9464\n      bearerTokenFile: /run/token\n      tls: true\n      caFile: /run/ca.crt\n      serverName: users\n");

        Assert.Contains("    scheme: https\n    authorization:\n      credentials_file: /run/token\n    tls_config:\n      ca_file: /run/ca.crt\n      server_name: users\n", file, StringComparison.Ordinal);
        Assert.Contains("        port: 9464\n", file, StringComparison.Ordinal);
    }

    private static string Rendered(string more) =>
        PrometheusFile.Render(new RuleContext(PlatformFile.Parse("services:\n  - name: users-service\n    port: 8001\n" + more), TimeScale.Real)).Content;
}
