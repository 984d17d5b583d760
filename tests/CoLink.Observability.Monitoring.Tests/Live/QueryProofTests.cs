using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.PromQl;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>
/// Every query is asked of a real Prometheus that scrapes the real services. An empty answer is how Prometheus says that a query is wrong.
/// </summary>
[Collection(nameof(LivePlatform))]
public sealed class QueryProofTests(MonitoredPlatform monitored)
{
    /// <summary>Ranges are sixty times shorter, so that thirty days' worth of rules is recorded within seconds.</summary>
    private static readonly TimeScale Fast = new(60);

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(3);

    [Fact]
    public Task Every_query_returns_data() => ProveAsync(operators: null);

    [Fact]
    public Task Every_query_returns_data_under_the_labels_that_the_operator_sets() => ProveAsync(job =>
        monitored.Platform.Services.Any(service => service.Name == job)
            ? [("endpoint", "metrics"), ("service", job), ("namespace", monitored.Platform.Namespace), ("pod", $"{job}-6b7c9d8f5-x2k4q"), ("container", job)]
            : []);

    private async Task ProveAsync(Func<string, IEnumerable<(string, string)>>? operators)
    {
        using var folder = new TemporaryFolder();
        var files = MonitoringDirectory.Render(monitored.Platform, Fast);
        RenderedDirectory.Write(folder.Path, files);
        await using var alertmanager = await AlertmanagerProcess.StartAsync(Path.Combine(folder.Path, LiveConfiguration.Alertmanager));
        var port = FreePort.Next();
        var targets = new Dictionary<string, LiveTarget>(monitored.Targets)
        {
            [PrometheusItself.Instance.Job] = new($"127.0.0.1:{port}"),
            [Backends.Alertmanager.Job] = new(alertmanager.Target),
        };
        await using var prometheus = await PrometheusProcess.StartAsync(LiveConfiguration.Write(folder.Path, files, targets, alertmanager.Target, operators), port);

        var asked = LiveQueries.Of(new RuleContext(monitored.Platform, Fast));
        var empty = await UntilAnsweredAsync(prometheus, asked);

        Assert.True(empty.Count == 0, $"{empty.Count} of {asked.Count} queries are empty:\n{string.Join('\n', empty.Select(query => $"{query.Source}: {query.Expr}"))}");
        TestContext.Current.SendDiagnosticMessage($"{asked.Count} queries proven, {EmptyByNature.Count} on the allow-list.");
    }

    private static async Task<IReadOnlyList<NamedQuery>> UntilAnsweredAsync(PrometheusProcess prometheus, IReadOnlyList<NamedQuery> asked)
    {
        var deadline = DateTimeOffset.UtcNow + Bound;
        var empty = asked;
        while (empty.Count > 0 && DateTimeOffset.UtcNow < deadline)
        {
            var still = new List<NamedQuery>();
            foreach (var query in empty)
            {
                if (await prometheus.CountAsync(query.Expr) == 0)
                    still.Add(query);
            }

            empty = still;
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        return empty;
    }
}
