using System.Globalization;
using CoLink.Observability.Monitoring.Alerts;
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

    /// <summary>What a fault took of six hours' budget is told when nothing louder is, also after its end: there is but an hour of past here, so a part of it is soon too much.</summary>
    private const string Slow = "6h";

    private static readonly TimeScale Fast = new(60);

    /// <summary>Two hours of the platform's time: the slowest of the pages expected here needs a quarter of it.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

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
        // A part of failures says nothing below a failure a second of compressed time, and of one series, lest each has next to none within
        // five seconds; a part of sockets says nothing below fifty.
        var traffic = Task.WhenAll(
            Traffic.RunAsync([failing], requestsPerSecond: 60, more.Token, sockets: 0, kind: 1),
            Traffic.RunAsync([slow], requestsPerSecond: 20, more.Token, sockets: 0, kind: 2),
            Traffic.RunAsync([dropping], requestsPerSecond: 1, more.Token, sockets: 60));
        await UntilAsync(async () => await prometheus.ValueAsync($"{Recorded.Sockets}{{job=\"presence-service\"}} offset 12s") >= 60, () => "sixty sockets for twelve seconds");
        // Without an hour of past the burn rate over an hour is one over what there is, and rises faster than it would.
        await UntilAsync(async () => await prometheus.ValueAsync($"{Recorded.Requests("5m")}{{job=\"search-service\"}} offset 60s") >= 20, () => "an hour of traffic");
        // Prometheus takes five seconds to hand its targets to the scrapes, which is five minutes here: until then they are absent.
        await UntilAsync(
            async () => !(await prometheus.FiringAsync()).Any(alert => alert.Severity == "critical") && PagesOf(receiver).Distinct().All(page => IsResolved(receiver, page)),
            () => $"calm; told was:\n{Told(receiver)}");
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
                () => Task.FromResult(receiver.Received.FirstOrDefault(notification => notification.At > faulted && notification.Firing && notification.Receiver == Pages && notification.Alert == alert && notification.Service == service)),
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
        OnlyThese(expected, receiver, faulted);

        await monitored.WatchedPostgres.StartAgainAsync();
        await killed.StartAsync();
        await failing.InjectAsync(Fault.None);
        await slow.InjectAsync(Fault.None);
        foreach (var (alert, service) in expected)
            await UntilAsync(
                () => Task.FromResult(IsResolved(receiver, (alert, service))),
                () => $"{alert} of {service} to be resolved; told was:\n{Told(receiver)}");
        OnlyThese(expected, receiver, faulted);
        await more.CancelAsync();
        await traffic;
    }

    private static void OnlyThese((string, string)[] expected, WebhookReceiver receiver, DateTimeOffset faulted) => Assert.True(
        PagesOf(receiver, faulted).Distinct().Order().SequenceEqual(expected.Order()), $"There are other pages:\n{Told(receiver)}");

    private static bool IsResolved(WebhookReceiver receiver, (string Alert, string Service) page) =>
        receiver.Received.LastOrDefault(told => told.Receiver == Pages && (told.Alert, told.Service) == page) is { Firing: false };

    private static IEnumerable<(string Alert, string Service)> PagesOf(WebhookReceiver receiver, DateTimeOffset since = default) =>
        receiver.Received.Where(notification => notification.At > since && notification.Firing && notification.Receiver == Pages && notification.Window != Slow).Select(notification => (notification.Alert, notification.Service));

    private static string Told(WebhookReceiver receiver) => string.Join('\n', receiver.Received.Where(told => told.Alert != MonitoringAlerts.Watchdog));

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
