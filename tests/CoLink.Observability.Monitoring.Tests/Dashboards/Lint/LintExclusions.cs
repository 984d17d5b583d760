using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Monitoring.Tests.Dashboards.Lint;

/// <summary>The linter's own <c>.lint</c>: what it is to pass over, and why.</summary>
internal sealed record LintExclusion(string Rule, string Dashboard, string Panel, string Target, string Reason)
{
    public bool Excludes(Finding finding) =>
        finding.Rule == Rule
        && (Dashboard.Length == 0 || Dashboard == finding.Dashboard)
        && (Panel.Length == 0 || finding.Panel.Length == 0 || Panel == finding.Panel)
        && (Target.Length == 0 || Target == $"{finding.Target}");

    /// <summary>A rule without entries is excluded everywhere, as the linter has it.</summary>
    public static IReadOnlyList<LintExclusion> Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        var exclusions = (YamlMappingNode)root["exclusions"];
        return [.. exclusions.Children.SelectMany(rule => Entries(rule.Key.ToString(), (YamlMappingNode)rule.Value))];
    }

    private static IEnumerable<LintExclusion> Entries(string rule, YamlMappingNode settings)
    {
        if (!settings.Children.TryGetValue("entries", out var entries))
            return [new(rule, "", "", "", Text(settings, "reason"))];
        return ((YamlSequenceNode)entries).Cast<YamlMappingNode>().Select(entry =>
            new LintExclusion(rule, Text(entry, "dashboard"), Text(entry, "panel"), Text(entry, "targetIdx"), Text(entry, "reason")));
    }

    private static string Text(YamlMappingNode map, string key) => map.Children.TryGetValue(key, out var value) ? value.ToString() : "";
}
