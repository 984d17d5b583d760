using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>
/// Thirty days of past in a real Prometheus with the committed rules, in real time: budgets and the slow burn rates, which no test can
/// wait for.
/// </summary>
public sealed class LongWindowTests
{
    private const string Half = "users-service";
    private const string Burning = "messaging-service";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Rules are evaluated once a minute, and budgets follow objectives that are in a group of their own.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Budgets_and_slow_burn_rates_are_right_after_thirty_days()
    {
        using var folder = new TemporaryFolder();
        using var past = new Backfill(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60 * 60) - Minute);
        Remember(past, Half, failing: 0.0005, TimeSpan.FromDays(30));
        Remember(past, Burning, failing: 0.02, TimeSpan.FromDays(30));
        Count(past, Burning, failing: 0.02);
        foreach (var burn in BurnRate.All)
            Hold(past, burn);
        foreach (var window in Ranges.Burn)
            Recall(past, window);
        var data = new TemporaryFolder();
        await past.WriteAsync(data.Path);
        File.Copy(Path.Combine(Committed.Folder, RuleFile.Path), Path.Combine(folder.Path, RuleFile.Path));
        var configuration = folder.Write("prometheus.yml", $"rule_files: [{RuleFile.Path}]\n");

        await using var prometheus = await PrometheusProcess.StartAsync(
            configuration, FreePort.Next(), data, "--storage.tsdb.retention.time=40d", "--rules.alert.for-grace-period=1s");

        foreach (var burn in BurnRate.All)
            await FiresAsync(prometheus, $"alertname=\"{BudgetAlerts.Burn}\",window=\"{burn.Long}\",severity=\"{RuleFile.SeverityText(burn.Severity)}\"", Burning);
        foreach (var window in Ranges.Burn)
            await IsAsync(prometheus, Recorded.SliError(window), Burning, 0.02);

        // Half of what may fail did: of 43.2 minutes in a month 21.6, of 10.08 in a week 5.04.
        await IsAsync(prometheus, Recorded.BudgetRemaining(Ranges.Month), Half, 0.5);
        await IsAsync(prometheus, Recorded.BudgetRemaining(Ranges.Week), Half, 0.5);
        await IsAsync(prometheus, Recorded.BudgetSpentMinutes(Ranges.Month), Half, 21.6);
        await IsAsync(prometheus, Recorded.BudgetSpentMinutes(Ranges.Week), Half, 5.04);
        await IsAsync(prometheus, Recorded.BudgetMinutes(Ranges.Month), Half, 43.2);
        await IsAsync(prometheus, Recorded.BudgetMinutes(Ranges.Week), Half, 10.08);
        await IsAsync(prometheus, Recorded.BudgetRemaining(Ranges.Month), Burning, -19);
        Assert.DoesNotContain(await prometheus.FiringAsync(), alert => alert is { Name: BudgetAlerts.Burn, Service: Half });
    }

    /// <summary>What the rules would have recorded; every five minutes is enough, since both sides of a ratio are sampled alike.</summary>
    private static void Remember(Backfill past, string job, double failing, TimeSpan span)
    {
        foreach (var (name, value) in new[] { (Recorded.Requests(Ranges.Short), 10.0), (Recorded.Errors(Ranges.Short), 10 * failing) })
            past.Add(name, "gauge", $"{name}{{{Labels(job)}}}", span, 5 * Minute, _ => value);
    }

    /// <summary>Ten requests a second, as the service itself counts them.</summary>
    private static void Count(Backfill past, string job, double failing)
    {
        foreach (var (status, part) in new[] { ("200", 1 - failing), ("500", failing) })
            past.Add("http_requests", "counter", $"http_requests_total{{{Labels(job)},instance=\"a\",method=\"GET\",endpoint=\"/api/messages\",status=\"{status}\"}}", TimeSpan.FromDays(4), Minute, seconds => seconds * 10 * part);
    }

    /// <summary>The alert has been pending for long: what its rule asks for besides time is proven, its pause is not waited for.</summary>
    private static void Hold(Backfill past, BurnRate burn)
    {
        var since = DateTimeOffset.UtcNow.AddHours(-5).ToUnixTimeSeconds();
        past.Add(
            "ALERTS_FOR_STATE", "gauge",
            $"ALERTS_FOR_STATE{{alertname=\"{BudgetAlerts.Burn}\",{Labels(Burning)},service=\"{Burning}\",severity=\"{RuleFile.SeverityText(burn.Severity)}\",slo=\"{Objective.Availability}\",window=\"{burn.Long}\"}}",
            TimeSpan.FromHours(5), Minute, _ => since);
    }

    /// <summary>
    /// What was recorded a moment before the start, so that the alerts are active when Prometheus looks for their past. It is another value
    /// than the one that the rules come to.
    /// </summary>
    private static void Recall(Backfill past, string window)
    {
        foreach (var (name, labels, value) in new[]
        {
            (Recorded.SliError(window), $"{Labels(Burning)},slo=\"{Objective.Availability}\"", 0.03),
            (Recorded.Requests(window), Labels(Burning), 10),
            (Recorded.Budget, $"{Labels(Burning)},slo=\"{Objective.Availability}\"", 0.001),
        }.Where(known => known.Item1 != Recorded.Requests(Ranges.Short) && (known.Item1 != Recorded.Budget || window == Ranges.Short)))
            past.Add(name, "gauge", $"{name}{{{labels}}}", 5 * Minute, Minute, _ => value);
    }

    private static string Labels(string job) => $"cluster=\"{Committed.Platform.Cluster}\",namespace=\"{Committed.Platform.Namespace}\",job=\"{job}\"";

    private static Task IsAsync(PrometheusProcess prometheus, string record, string job, double expected) => UntilAsync(
        async () => await prometheus.ValueAsync($"{record}{{job=\"{job}\",slo=\"{Objective.Availability}\"}}"),
        value => value is { } found && Math.Abs(found - expected) <= 0.01 * Math.Abs(expected),
        $"{record} of {job} to be {expected}");

    private static Task FiresAsync(PrometheusProcess prometheus, string labels, string job) => UntilAsync(
        async () => await prometheus.ValueAsync($"ALERTS{{{labels},alertstate=\"firing\",job=\"{job}\"}}"), value => value == 1, $"{labels} to fire");

    private static async Task UntilAsync(Func<Task<double?>> read, Func<double?, bool> holds, string what)
    {
        var deadline = DateTimeOffset.UtcNow + Bound;
        for (double? last = null; !holds(last = await read());)
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, $"Waited for {what}; it is {last}.");
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
    }
}
