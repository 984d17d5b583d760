using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Monitoring.Tests.Text;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Monitoring.Tests.Helm;

/// <summary>A chart takes a mistyped key in silence. The list was compared with the default values of the versions that it names.</summary>
public sealed class HelmValuesTests
{
    private static readonly HashSet<string> Known =
        [.. File.ReadLines(Path.Combine(Golden.Root, "tests", "CoLink.Observability.Monitoring.Tests", "Helm", "known-values.txt")).Where(line => !line.StartsWith('#'))];

    [Fact]
    public void Every_key_is_one_that_its_chart_knows()
    {
        var used = Committed.Files.Where(file => file.Path.EndsWith("-values.yaml", StringComparison.Ordinal))
            .SelectMany(file => Keys(YamlTests.Documents(file.Content)[0], file.Path, "")).ToHashSet();

        Assert.Equal(Known.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Keys(YamlNode node, string file, string path)
    {
        if (path.Length > 0 && Known.Contains($"{file} {path}.*"))
            return [$"{file} {path}.*"];
        return node is YamlMappingNode map
            ? map.SelectMany(pair => Keys(pair.Value, file, path.Length == 0 ? pair.Key.ToString() : $"{path}.{pair.Key}"))
            : [$"{file} {path}"];
    }
}
