using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Alerts;

/// <summary>Every alert fires where it should, with the labels and texts it should have, and stays silent just below.</summary>
public sealed class AlertTests
{
    /// <summary>Alerts that never are silent: that is what they are for.</summary>
    private static readonly string[] NeverSilent = ["Watchdog"];

    private static readonly IReadOnlyList<AlertForm> Forms =
        [.. AlertCatalogue.Groups(Committed.Context).SelectMany(group => group.Alerts.Select(alert => new AlertForm(group.Name, alert)))];

    private static readonly SemaphoreSlim Processors = new(Environment.ProcessorCount);

    /// <summary>They evaluate so much that the others are done meanwhile: begun last, they would be waited for alone.</summary>
    private static readonly string[] Longest = ["month.test.yml", "days.test.yml"];

    /// <summary>All at once, for each takes one processor for seconds; the theory tells of them one by one.</summary>
    private static readonly Lazy<Dictionary<string, Task<(int Code, string Output)>>> Runs = new(() =>
        AlertTestFile.All.OrderByDescending(file => Longest.Contains(file.Name)).ToDictionary(file => file.Name, file => RunAsync(RealServers.Promtool, file.Name)));

    public static TheoryData<string> Files => [.. AlertTestFile.All.Select(file => file.Name)];

    public static TheoryData<string> Proven => [.. Forms.Select(form => form.Name)];

    public static TheoryData<string> Lingering =>
        [.. Forms.Where(form => form.Alert.KeepFiringFor is not null || Backwards.Any(word => form.Alert.Expr.Contains(word, StringComparison.Ordinal))).Select(form => form.Name)];

    /// <summary>What makes an expression true of something that is over, or false of what goes on.</summary>
    private static readonly string[] Backwards = ["increase(", "delta(", "offset ", "_over_time("];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Alerts_are_as_their_tests_say(string file)
    {
        var (code, output) = await Runs.Value[file];

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Alerts_are_so_for_the_next_Prometheus_too()
    {
        // Ranges are open at their left end since Prometheus 3, and `le` is normalised. Debian has 2.42.
        var promtool = Environment.GetEnvironmentVariable("PROMTOOL3");
        Assert.SkipWhen(string.IsNullOrEmpty(promtool), "PROMTOOL3 does not name a promtool of Prometheus 3.");
        Assert.Contains("version 3.", await Tool.RunAsync(promtool!, "--version"), StringComparison.Ordinal);

        var runs = await Task.WhenAll(AlertTestFile.All.Select(file => RunAsync(promtool!, file.Name)));

        Assert.All(runs, run => Assert.True(run.Code == 0, run.Output));
    }

    [Fact]
    public void Tests_name_no_alert_that_there_is_not()
    {
        var names = Forms.Select(form => form.Alert.Name).ToHashSet(StringComparer.Ordinal);

        Assert.All(AlertTestFile.All, file => Assert.All(file.AlertNames, name => Assert.True(names.Contains(name), $"{file.Name}: {name} is no alert.")));
    }

    [Fact]
    public void Tests_take_the_committed_rules_in_the_order_in_which_one_needs_the_other()
    {
        // Groups that group_eval_order does not name come in any order: a test would fail now and then.
        string[] first = ["colink-objectives", "colink-traffic", "colink-budgets"];
        var groups = RuleGroups.Of(Committed.Context).Select(group => group.Name).ToHashSet(StringComparer.Ordinal);

        Assert.All(AlertTestFile.All, file =>
        {
            Assert.Equal([$"../{RuleFile.Path}"], file.RuleFiles);
            Assert.Equal(first, file.GroupOrder.Take(first.Length));
            Assert.All(file.GroupOrder, group => Assert.Contains(group, groups));
            Assert.All(file.Cases, test => Assert.Contains(file.GroupOrder, group => Forms.Any(form => form.Group == group && form.Alert.Name == test.AlertName)));
        });
    }

    [Theory]
    [MemberData(nameof(Proven))]
    public void Each_alert_has_a_test_in_which_it_fires(string name) => Assert.Contains(
        Cases(name),
        test => test.Expected.Any(Form(name).Gives));

    [Theory]
    [MemberData(nameof(Proven))]
    public void Each_alert_has_a_test_in_which_what_it_looks_at_is_there_and_it_is_silent(string name)
    {
        var form = Form(name);
        Assert.SkipWhen(NeverSilent.Contains(form.Alert.Name), $"{form.Alert.Name} always fires.");

        Assert.NotEmpty(form.Sources);
        Assert.Contains(Cases(name), test => !test.Expected.Any(form.Gives) && test.Inputs.Overlaps(form.Sources));
    }

    /// <summary>
    /// An alert ends with its expression, which a case below the line proves; that of one which goes on after it, or which looks back at
    /// what was, is another matter.
    /// </summary>
    [Theory]
    [MemberData(nameof(Lingering))]
    public void An_alert_that_outlives_its_cause_has_a_test_in_which_it_ends(string name)
    {
        var form = Form(name);

        Assert.Contains(AlertTestFile.All.SelectMany(file => file.Cases).Where(test => test.AlertName == form.Alert.Name).GroupBy(test => test.Of), same =>
            same.Any(fires => fires.Expected.Any(form.Gives) && same.Any(ends => ends.Time > fires.Time && !ends.Expected.Any(form.Gives))));
    }

    [Fact]
    public void Each_expected_alert_is_told_with_all_its_labels_and_texts() => Assert.All(
        AlertTestFile.All.SelectMany(file => file.Cases),
        test => Assert.All(test.Expected, alert => Assert.True(
            Forms.Any(form => form.Alert.Name == test.AlertName && form.Gives(alert)), $"{test} gives no such alert: {alert.Annotations.GetValueOrDefault("summary")}")));

    [Fact]
    public async Task An_objective_of_a_services_own_moves_its_line()
    {
        // 0.0525 percent fail: half of what others may, and a twentieth more than this one promised.
        using var folder = new TemporaryFolder();
        var platform = PlatformFile.Parse("services:\n  - name: calls-service\n    port: 8009\n    slo:\n      availability:\n        objective: 99.95\n");
        RenderedDirectory.Write(folder.Path, MonitoringDirectory.Render(platform, TimeScale.Real));
        var labels = $"cluster=\"{platform.Cluster}\",namespace=\"{platform.Namespace}\",job=\"calls-service\"";
        var test = folder.Write("override.test.yml", $$"""
            rule_files: [{{RuleFile.Path}}]
            evaluation_interval: 1h
            group_eval_order: [colink-objectives, colink-traffic, colink-budgets, colink-error-budgets]
            tests:
              - interval: 1m
                input_series:
                  - series: {{HttpCatalogue.Requests.Name}}{{{labels}},method="GET",endpoint="/calls",status="200"}
                    values: '0+9994.75x600'
                  - series: {{HttpCatalogue.Requests.Name}}{{{labels}},method="GET",endpoint="/calls",status="500"}
                    values: '0+5.25x600'
                promql_expr_test:
                  - expr: round({{Recorded.BudgetRemaining("30d")}}{slo="availability"}, 0.001)
                    eval_time: 10h
                    exp_samples:
                      - labels: '{{{labels}},slo="availability"}'
                        value: -0.05
                  - expr: round({{Recorded.BudgetMinutes("30d")}}{slo="availability"}, 0.001)
                    eval_time: 10h
                    exp_samples:
                      - labels: '{{{labels}},slo="availability"}'
                        value: 21.6
            """);

        await Tool.RunAsync(RealServers.Promtool, "test", "rules", test);
    }

    private static AlertForm Form(string name) => Forms.Single(form => form.Name == name);

    private static IEnumerable<AlertTestCase> Cases(string name) =>
        AlertTestFile.All.SelectMany(file => file.Cases).Where(test => test.AlertName == Form(name).Alert.Name);

    private static async Task<(int Code, string Output)> RunAsync(string promtool, string file)
    {
        await Processors.WaitAsync();
        try
        {
            return await Tool.TryAsync(promtool, "test", "rules", Path.Combine(AlertTestFile.Folder, file));
        }
        finally
        {
            Processors.Release();
        }
    }
}
