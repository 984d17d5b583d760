using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Monitoring.Text;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Monitoring.Tests.Documents;

/// <summary>The pages of docs/, which people write: what they show to Prometheus and to Kubernetes can be read.</summary>
public sealed class WrittenPageTests
{
    private static readonly (string Page, CodeBlock Block)[] Blocks =
    [
        .. Directory.EnumerateFiles(Path.Combine(Golden.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Golden.Root, "README.md"))
            .SelectMany(page => Markdown.Blocks(File.ReadAllText(page).ReplaceLineEndings("\n")).Select(block => (Path.GetRelativePath(Golden.Root, page), block))),
    ];

    [Fact]
    public void Every_block_of_yaml_is_yaml()
    {
        var blocks = Blocks.Where(block => block.Block.Language == "yaml").ToArray();
        Assert.True(blocks.Length >= 5);
        Assert.All(blocks, block =>
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(block.Block.Text));
            Assert.IsType<YamlMappingNode>(Assert.Single(yaml.Documents).RootNode);
        });
    }

    [Fact]
    public async Task Prometheus_can_read_every_query()
    {
        var queries = Blocks.Where(block => block.Block.Language == "promql").ToArray();
        Assert.NotEmpty(queries);
        using var folder = new TemporaryFolder();
        var rules = queries.Select((query, index) => $"      - record: written:n{index}:x\n        expr: |\n{string.Join('\n', query.Block.Text.Split('\n').Select(line => "          " + line))}\n        labels: {{page: \"{query.Page}\"}}\n");
        var file = folder.Write("queries.yml", "groups:\n  - name: queries\n    rules:\n" + string.Concat(rules));
        Assert.Contains($"{queries.Length} rules found", await Tool.RunAsync(RealServers.Promtool, "check", "rules", file), StringComparison.Ordinal);
    }
}
