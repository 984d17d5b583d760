using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Routing;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Routing;

/// <summary>By Debian's 0.25, which cannot read a webhook's address from a file: the dead man's stands in the file here.</summary>
public sealed class AlertmanagerFileTests
{
    private static readonly Platform Readable = Committed.Platform with { Receivers = Committed.Platform.Receivers with { DeadManUrl = "http://127.0.0.1:9/ping" } };

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(3600)]
    public Task Alertmanager_accepts_it(int scale) => WithFile(scale, file => Tool.RunAsync(RealServers.Amtool, "check-config", file));

    [Fact]
    public Task Each_alert_reaches_its_receiver() => WithFile(1, async file =>
    {
        var services = Committed.Platform.Services.Select(service => service.Name).Append("monitoring");
        foreach (var service in services)
        {
            foreach (var (severity, receiver) in new[] { ("critical", "pagerduty"), ("warning", "slack"), ("info", "slack"), ("none", "null") })
                await Reaches(file, receiver, "alertname=CoLinkAny", $"severity={severity}", $"service={service}");
        }

        await Reaches(file, "dead-man", "alertname=Watchdog", "severity=none", "service=monitoring");
        await Reaches(file, "null", "alertname=InfoInhibitor", "severity=none", "service=users-service");
        await Reaches(file, "default", "alertname=Foreign");
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3600)]
    public void The_dead_man_is_told_at_each_interval(int scale)
    {
        var time = new TimeScale(scale);
        Assert.True(Monitoring.Text.Duration.Parse(time["50s"]) < Monitoring.Text.Duration.Parse(time["1m"]));
        Assert.Contains($"      group_interval: '{time["1m"]}'\n      repeat_interval: '{time["50s"]}'\n", AlertmanagerFile.Render(new RuleContext(Readable, time)).Content, StringComparison.Ordinal);
    }

    private static Task<string> Reaches(string file, string receiver, params string[] labels) =>
        Tool.RunAsync(RealServers.Amtool, ["config", "routes", "test", $"--config.file={file}", $"--verify.receivers={receiver}", .. labels]);

    private static async Task WithFile(int scale, Func<string, Task> run)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, AlertmanagerFile.Path);
        await File.WriteAllTextAsync(file, AlertmanagerFile.Render(new RuleContext(Readable, new TimeScale(scale))).Content);
        await run(file);
    }
}
