using System.Text.RegularExpressions;
using CoLink.Observability.Monitoring.Alerts;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Runbooks;
using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Tests.Documents;

public sealed partial class DocumentTests
{
    private static readonly RenderedFile[] Pages = [.. Committed.Files.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal))];

    /// <summary>What a block of shell may call.</summary>
    private static readonly string[] Programs = ["amtool", "promtool", "kubectl", "helm", "docker", "dotnet", "colink-monitoring", "curl", "git", "mkdir", "chmod", "for"];

    [Fact]
    public void Every_link_inside_the_repository_leads_somewhere() => Assert.All(Pages, page => Assert.All(
        Link().Matches(page.Content).Select(link => link.Groups[1].Value).Where(target => !target.StartsWith("http", StringComparison.Ordinal)),
        target => Assert.True(Path.Exists(Path.Combine(Committed.Folder, Path.GetDirectoryName(page.Path)!, target)), $"{page.Path}: {target}")));

    [Fact]
    public void Every_row_of_a_table_has_the_cells_of_its_head() => Assert.All(Pages, page =>
    {
        var cells = 0;
        foreach (var line in page.Content.Split('\n'))
        {
            var bars = line.StartsWith("| ", StringComparison.Ordinal) || line.StartsWith("|  |", StringComparison.Ordinal) ? Bar().Count(line) : 0;
            Assert.True(bars == 0 || cells == 0 || bars == cells, $"{page.Path}: {line}");
            cells = bars;
        }
    });

    [Fact]
    public void A_bar_in_a_cell_is_escaped() => Assert.Equal("| a |\n| --- |\n| b\\|c |", Markdown.Table(["a"], [["b|c"]]));

    [Fact]
    public void A_block_inside_a_list_is_read_without_its_indentation() =>
        Assert.Equal([new CodeBlock("promql", "a\n  + b\n"), new CodeBlock("", "c")], Markdown.Blocks("1. x\n   ```promql\n   a\n     + b\n\n   ```\n```\nc\n```"));

    [Fact]
    public void A_block_of_shell_calls_programs_that_a_reader_has() => Assert.All(Pages.SelectMany(page => Shell(page.Content)), line => Assert.True(
        Programs.Contains(line.Split(' ')[0]) || Assignment().IsMatch(line), line));

    [Fact]
    public void Every_alert_that_a_page_speaks_of_exists()
    {
        var alerts = AlertCatalogue.All(Committed.Context).Select(alert => alert.Name).Append("CoLinkTest").ToHashSet();
        Assert.All(Pages, page => Assert.All(AlertName().Matches(page.Content).Select(name => name.Value), name => Assert.True(alerts.Contains(name), $"{page.Path}: {name}")));
    }

    [Fact]
    public void The_budgets_of_three_nines_are_the_handbooks()
    {
        var slo = Page(SloDocument.Path);
        Assert.Contains("| `availability` | no 5xx | 99.9 % | 0.1 % | 43.2 min | 10.08 min | 1000 may miss | 1.44 % miss within 1h |", slo, StringComparison.Ordinal);
        Assert.All(Committed.Platform.Services, service => Assert.Contains($"### {service.Name}\n", slo, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_objective_is_another_budget()
    {
        var strict = PlatformFile.Parse("services: [{name: pay, port: 1, slo: {availability: {objective: 99.95}, latencyP95: {seconds: 0.25}}}]");
        var slo = SloDocument.Render(new(strict, Committed.Context.Time)).Content;
        Assert.Contains("| 99.95 % | 0.05 % | 21.6 min | 5.04 min | 500 may miss |", slo, StringComparison.Ordinal);
        Assert.Contains("answered within 0.25 s", slo, StringComparison.Ordinal);
    }

    [Fact]
    public void The_handbook_lists_every_file_that_is_rendered() =>
        Assert.All(Committed.Files, file => Assert.Contains(Contents.Known, entry => Contents.Holds(entry.Path, file.Path)));

    [Fact]
    public void The_handbook_lists_nothing_that_is_not_rendered()
    {
        var readme = Readme.Render(Committed.Context, ["tempo-values.yaml", "kubernetes/rules.yaml"]).Content;
        Assert.Contains("[tempo-values.yaml](tempo-values.yaml)", readme, StringComparison.Ordinal);
        Assert.Contains("[kubernetes/](kubernetes/)", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("](loki-values.yaml)", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_without_a_value_is_refused() =>
        Assert.Contains("'{{b}}' has no value; known: a", Assert.Throws<DocumentException>(() => Template.Fill("x", "{{a}}{{b}}{{ $labels.job }}", new Dictionary<string, string> { ["a"] = "1" })).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_rule_that_renames_is_a_rule()
    {
        using var folder = new TemporaryFolder();
        var rule = Markdown.Blocks(Page(OperationsDocument.Path)).Single(block => block.Language == "yaml").Text;
        Assert.Contains("1 rules found", await Tool.RunAsync(RealServers.Promtool, "check", "rules", folder.Write("rename.yml", rule)), StringComparison.Ordinal);
    }

    public static IEnumerable<string> Shell(string markdown) => Markdown.Blocks(markdown).Where(block => block.Language == "bash")
        .SelectMany(block => Continued().Replace(block.Text, " ").Split('\n')).Select(line => line.Trim()).Where(line => line.Length > 0);

    private static string Page(string path) => Pages.Single(page => page.Path == path).Content;

    [GeneratedRegex(@"\]\(([^)#\s]+)[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex("^[A-Z]+=[^ ]")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\bCoLink[A-Z][A-Za-z0-9]+\b(?!\()")]
    private static partial Regex AlertName();
}
