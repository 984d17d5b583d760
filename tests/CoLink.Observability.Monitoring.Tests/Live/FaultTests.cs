using System.Globalization;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLinkPlatform;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>
/// The services fall ill, a real Prometheus and a real Alertmanager with the rendered files tell whom they should, and nobody else, and
/// say so when all is well again. Time is compressed sixty times; every fault is in a service of its own, all at once.
/// </summary>
[Collection(nameof(LivePlatform))]
public sealed class FaultTests(MonitoredPlatform monitored, ITestOutputHelper output)
{
    private const string Pages = "pagerduty";

    private static readonly TimeScale Fast = new(60);

    /// <summary>An hour of the platform's time: the slowest of the pages expected here needs a twelfth of it.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Each_fault_pages_once_where_it_should_and_ends()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var folder = new TemporaryFolder();
        var files = MonitoringDirectory.Render(monitored.Platform, Fast);
        RenderedDirectory.Write(folder.Path, files);
        await using var alertmanager = await AlertmanagerProcess.StartAsync(LiveConfiguration.WithWebhooks(folder.Path, receiver.UrlOf));
        var port = FreePort.Next();
        var targets = new Dictionary<string, LiveTarget>(monitored.Targets)
        {
            [PrometheusItself.Instance.Job] = new($"127.0.0.1:{port}"),
            [Backends.Alertmanager.Job] = new(alertmanager.Target),
        };
        var configuration = LiveConfiguration.Write(folder.Path, files, targets, alertmanager.Target);
        await using var prometheus = await PrometheusProcess.StartAsync(configuration, port);

        using var more = new CancellationTokenSource();
        var failing = monitored.Services["search-service"];
        var slow = monitored.Services["gateway-service"];
        var dropping = monitored.Services["presence-service"];
        var killed = monitored.Services["admin-service"];
        // A part of failures says nothing below a failure a second of compressed time, and a part of sockets nothing below fifty.
        var traffic = Task.WhenAll(
            Traffic.RunAsync([failing], requestsPerSecond: 30, more.Token, sockets: 0),
            Traffic.RunAsync([dropping], requestsPerSecond: 1, more.Token, sockets: 60));
        await UntilAsync(async () => await prometheus.ValueAsync($"{Recorded.Sockets}{{job=\"presence-service\"}} offset 12s") >= 60, () => "sixty sockets for twelve seconds");
        await UntilAsync(async () => await prometheus.ValueAsync($"{Recorded.Requests("1h")}{{job=\"search-service\"}}") >= 20, () => "traffic");
        Assert.DoesNotContain(receiver.Received, notification => notification.Receiver == Pages);

        var faulted = DateTimeOffset.UtcNow;
        await killed.KillAsync();
        await failing.InjectAsync(new Fault(Errors: 0.06m));
        await slow.InjectAsync(new Fault(Delay: TimeSpan.FromSeconds(2), On: "/api/search"));
        await dropping.InjectAsync(new Fault(DropsSockets: true));
        await monitored.WatchedPostgres.StopAsync();

        (string Alert, string Service)[] expected =
        [
            ("CoLinkServiceDown", "admin-service"),
            ("CoLinkHighErrorRate", "search-service"),
            ("CoLinkErrorBudgetBurn", "gateway-service"),
            ("CoLinkWebSocketConnectionsDropped", "presence-service"),
            ("CoLinkPostgresDown", "postgresql"),
        ];
        foreach (var (alert, service) in expected)
        {
            var told = await UntilAsync(
                () => Task.FromResult(receiver.Received.FirstOrDefault(notification => notification.Firing && notification.Receiver == Pages && notification.Alert == alert && notification.Service == service)),
                () => $"{alert} of {service}; told was:\n{Told(receiver)}");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{alert} {service}: told after {(told.At - faulted).TotalSeconds:0.0} s of compressed time, some {(told.At - faulted).TotalSeconds:0} min"));
        }

        // What follows from a fault is there, and nobody is woken by it.
        (string Alert, string Service)[] silenced =
        [
            ("CoLinkErrorBudgetBurn", "search-service"),
            ("CoLinkDbConnectionErrors", "files-service"),
            ("CoLinkHighErrorRate", "files-service"),
        ];
        foreach (var (alert, service) in silenced)
            await UntilAsync(
                async () => (await alertmanager.AlertsAsync()).Any(held => held.Name == alert && held.Service == service && held.Inhibited),
                () => $"{alert} of {service} to be inhibited");
        Assert.Equal(expected.Order(), PagesOf(receiver).Distinct().Order());

        await monitored.WatchedPostgres.StartAgainAsync();
        await killed.StartAsync();
        await failing.InjectAsync(Fault.None);
        await slow.InjectAsync(Fault.None);
        foreach (var (alert, service) in expected)
            await UntilAsync(
                () => Task.FromResult(receiver.Received.LastOrDefault(notification => notification.Receiver == Pages && notification.Alert == alert && notification.Service == service) is { Firing: false }),
                () => $"{alert} of {service} to be resolved; told was:\n{Told(receiver)}");
        Assert.Equal(expected.Order(), PagesOf(receiver).Distinct().Order());
        await more.CancelAsync();
        await traffic;
    }

    private static IEnumerable<(string, string)> PagesOf(WebhookReceiver receiver) =>
        receiver.Received.Where(notification => notification.Firing && notification.Receiver == Pages).Select(notification => (notification.Alert, notification.Service));

    private static string Told(WebhookReceiver receiver) => string.Join('\n', receiver.Received);

    private static Task<string> UntilAsync(Func<Task<bool>> holds, Func<string> what) => UntilAsync(async () => await holds() ? "" : null, what);

    private static async Task<T> UntilAsync<T>(Func<Task<T?>> read, Func<string> what)
        where T : class
    {
        var deadline = DateTimeOffset.UtcNow + Bound;
        while (true)
        {
            if (await read() is { } answer)
                return answer;
            Assert.True(DateTimeOffset.UtcNow < deadline, $"Not there within {Bound.TotalSeconds} s: {what()}");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }
}
