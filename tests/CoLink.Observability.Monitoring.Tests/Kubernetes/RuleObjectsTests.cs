using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Kubernetes;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Tests.Kubernetes;

/// <summary>A platform of a thousand services, whose rules are 6 MB together.</summary>
public sealed partial class RuleObjectsTests
{
    private const int Many = 1000;

    private static readonly RuleContext Large = new(Platform(Many), TimeScale.Real);

    private static readonly IReadOnlyList<(string Name, IReadOnlyList<Map> Groups)> Objects = RuleObjects.Of(Large);

    [Fact]
    public void Eight_services_are_one_object() => Assert.Equal([RuleObjects.Name], RuleObjects.Of(Committed.Context).Select(rules => rules.Name));

    [Fact]
    public void Each_object_is_small_enough_for_the_cluster()
    {
        Assert.True(Objects.Count > 2, "All of it is in one object.");
        Assert.All(Objects, rules => Assert.InRange(Encoding.UTF8.GetByteCount(Text(rules.Groups)), 1, RuleObjects.MostBytes - 1));
    }

    [Fact]
    public void The_same_platform_gives_the_same_objects() =>
        Assert.Equal(Objects.Select(rules => (rules.Name, Text(rules.Groups))), RuleObjects.Of(new(Platform(Many), TimeScale.Real)).Select(rules => (rules.Name, Text(rules.Groups))));

    [Fact]
    public void Names_and_groups_are_there_once()
    {
        Assert.Distinct(Objects.Select(rules => rules.Name));
        Assert.Distinct(Objects.SelectMany(rules => rules.Groups).Select(group => (string)group.Single(entry => entry.Key == "name").Value));
    }

    /// <summary>Twice, a series would be recorded by two rules, and an alert told twice.</summary>
    [Fact]
    public void Every_rule_is_there_once() => Assert.Distinct(Rules());

    /// <summary>A rule of services becomes one for each part, and each service stands in exactly one of them.</summary>
    [Fact]
    public void Together_they_are_the_rules_of_the_whole()
    {
        var whole = RuleFile.Groups(Large).SelectMany(Rules).ToArray();
        var parts = Rules().ToArray();

        Assert.Equal(Counted(whole), Counted(parts));
    }

    [Fact]
    public async Task Prometheus_takes_them_as_files_of_their_own()
    {
        using var folder = new TemporaryFolder();
        var files = Objects.Take(2).Select(rules => folder.Write($"{rules.Name}.yml", Text(rules.Groups))).ToArray();

        await Tool.RunAsync(RealServers.Promtool, ["check", "rules", .. files]);
    }

    /// <summary>A part that records a series of another part's services overwrites what that one says of them.</summary>
    [Fact]
    public async Task What_a_part_records_is_of_its_own_services()
    {
        var two = new RuleContext(Platform(2), TimeScale.Real);
        using var folder = new TemporaryFolder();
        foreach (var part in RuleObjects.InParts(two, [.. two.Services.Chunk(1)]))
            folder.Write($"{part.Name}.yml", Text(part.Groups));
        var test = folder.Write("parts.test.yml", """
            rule_files: [colink.yml, colink-services-1.yml, colink-services-2.yml]
            evaluation_interval: 30s
            tests:
              - interval: 15s
                input_series:
                  - series: 'http_requests_total{cluster="colink",namespace="colink",job="the-service-of-number-0001",instance="a",method="GET",endpoint="/",status="200"}'
                    values: '0+15x200'
                  - series: 'http_requests_total{cluster="colink",namespace="colink",job="the-service-of-number-0002",instance="b",method="GET",endpoint="/",status="200"}'
                    values: '0+15x200'
                  - series: 'http_requests_total{cluster="colink",namespace="colink",job="the-service-of-number-0002",instance="b",method="GET",endpoint="/",status="500"}'
                    values: '0+15x200'
                promql_expr_test:
                  - expr: job:http_requests_errors:ratio_rate5m
                    eval_time: 45m
                    exp_samples:
                      - labels: 'job:http_requests_errors:ratio_rate5m{cluster="colink",namespace="colink",job="the-service-of-number-0001"}'
                        value: 0
                      - labels: 'job:http_requests_errors:ratio_rate5m{cluster="colink",namespace="colink",job="the-service-of-number-0002"}'
                        value: 0.5

            """);

        await Tool.RunAsync(RealServers.Promtool, ["test", "rules", test]);
    }

    private static Platform Platform(int services) => PlatformFile.Parse("services:\n" + string.Concat(Enumerable.Range(1, services)
        .Select(number => string.Create(CultureInfo.InvariantCulture, $"  - name: the-service-of-number-{number:0000}\n    port: {10_000 + number}\n    dependencies: [postgresql, redis]\n    sources: [Npgsql]\n"))));

    private static string Text(IReadOnlyList<Map> groups) => Yaml.Write("A part of the rules.", new Map { { "groups", groups } });

    private static IEnumerable<string> Rules() => Objects.SelectMany(rules => rules.Groups).SelectMany(Rules);

    private static IEnumerable<string> Rules(Map group) => ((IEnumerable<Map>)group.Single(entry => entry.Key == "rules").Value).Select(rule => Yaml.Write("", rule));

    /// <summary>How often each rule, without the names of services, speaks of each service.</summary>
    private static IEnumerable<(string Rule, string Services)> Counted(IEnumerable<string> rules) => rules
        .GroupBy(rule => Names().Replace(rule, "?"), StringComparer.Ordinal)
        .Select(same => (same.Key, string.Join(',', same.SelectMany(rule => Service().Matches(rule).Select(match => match.Value)).GroupBy(name => name, StringComparer.Ordinal).Order(Comparer<IGrouping<string, string>>.Create((one, other) => string.CompareOrdinal(one.Key, other.Key))).Select(name => $"{name.Key} {name.Count()}"))))
        .OrderBy(rule => rule.Key, StringComparer.Ordinal);

    [GeneratedRegex(@"the-service-of-number-\d{4}(\|the-service-of-number-\d{4})*")]
    private static partial Regex Names();

    [GeneratedRegex(@"the-service-of-number-\d{4}")]
    private static partial Regex Service();
}
