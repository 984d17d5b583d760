using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Platforms;

namespace CoLink.Observability.Monitoring.Tests.Documents;

public sealed partial class PlatformKeysTests
{
    /// <summary>A wrong key in each place, so that the reader names the right ones.</summary>
    private const string Wrong = """
        wrong: 1
        scrape: {wrong: 1}
        retention: {wrong: 1}
        services:
          - {name: a, port: 1, wrong: 1, scrape: {wrong: 1}, slo: {wrong: 1, availability: {wrong: 1}, latencyP95: {wrong: 1}, latencyP99: {wrong: 1}}}
        kafka: {wrong: 1, groups: [{name: g, topic: t, service: a, wrong: 1}]}
        thresholds: {wrong: 1}
        receivers: {wrong: 1}
        links: {wrong: 1}
        """;

    [Fact]
    public void The_handbook_lists_the_keys_that_the_reader_reads()
    {
        var refused = Assert.Throws<PlatformException>(() => PlatformFile.Parse(Wrong));
        var sections = new HashSet<string>(StringComparer.Ordinal);
        var read = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var problem in refused.Problems.Select(problem => Refused().Match(problem)))
        {
            Assert.True(problem.Success);
            var section = problem.Groups[1].Value.Replace("[0]", "[]", StringComparison.Ordinal);
            sections.Add(section);
            foreach (var key in problem.Groups[2].Value.Split(", "))
                read.Add(section.Length == 0 ? key : $"{section}.{key}");
        }

        // A key that holds others is none to give a value to.
        read.RemoveWhere(key => sections.Contains(key) || sections.Contains(key + "[]"));
        // The reader takes a bound for all objectives; availability has no use for one.
        Assert.Equal(read, PlatformKeys.All.Select(key => key.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_key_has_a_meaning() => Assert.All(PlatformKeys.All, key => Assert.NotEmpty(key.Meaning));

    [GeneratedRegex(@"^[^:]+:\d+: (?:(.*)\.)?wrong is no key; allowed here: (.*)\.$")]
    private static partial Regex Refused();
}
