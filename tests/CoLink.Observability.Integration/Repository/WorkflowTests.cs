using System.Text.RegularExpressions;
using CoLink.Observability.Integration.Documents;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Integration.Repository;

/// <summary>What a reviewer of .github looks at. No test runs there: these read the files.</summary>
public sealed partial class WorkflowTests
{
    /// <summary>Each right to write, with what needs it.</summary>
    private static readonly Dictionary<string, string> Writes = new()
    {
        ["codeql/analyze/security-events"] = "what it found is shown under the Security tab",
        ["release/release/contents"] = "the release and its files",
        ["release/release/id-token"] = "who builds, for nuget.org and for the attestation",
        ["release/release/attestations"] = "where a package was built",
    };

    private static Workflow Ci => Workflow.All.Single(workflow => workflow.Name == "ci");

    private static Workflow Release => Workflow.All.Single(workflow => workflow.Name == "release");

    [Fact]
    public void Pushes_and_pull_requests_are_built_tested_and_packed()
    {
        Assert.Superset(new HashSet<string> { "push", "pull_request" }, Ci.Triggers.ToHashSet());
        Assert.Contains(".ci/run", Ci.Commands);
        Assert.Contains(Ci.Commands, command => command.StartsWith("dotnet pack CoLink.Observability.sln ", StringComparison.Ordinal));
    }

    /// <summary>".ci/run" is test.sh with nothing skipped for want of a server, and test.sh checks monitoring/.</summary>
    [Fact]
    public void What_CI_runs_is_the_one_script_and_that_checks_the_monitoring()
    {
        var run = File.ReadAllText(Path.Combine(Golden.Root, ".ci", "run"));
        Assert.Contains("COLINK_REQUIRE_REAL=1", run, StringComparison.Ordinal);
        Assert.Contains("exec ./test.sh --install", run, StringComparison.Ordinal);
        Assert.Contains("--project src/CoLink.Observability.Monitoring --configuration Release --no-build -- check", File.ReadAllText(Path.Combine(Golden.Root, "test.sh")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_alone_releases_and_only_what_was_tested_named_and_attested()
    {
        Assert.Equal(["push"], Release.Triggers);
        string[] inOrder = ["CHANGELOG.md", ".ci/run", "dotnet pack", "unzip", "dotnet nuget push", "gh release create"];
        var commands = string.Join('\n', Release.Commands);
        Assert.Equal(inOrder, inOrder.OrderBy(word => commands.IndexOf(word, StringComparison.Ordinal)));
        Assert.Contains(Release.Actions, action => action.StartsWith("actions/attest-build-provenance@", StringComparison.Ordinal));

        // Without a stored key: nuget.org trusts the workflow.
        Assert.DoesNotContain(File.ReadAllText(Path.Combine(Golden.Root, ".github", "workflows", "release.yml")), "secrets.", StringComparison.Ordinal);
    }

    /// <summary>A tag can be moved to other code; a commit cannot. dependabot raises both, and the comment says which version it is.</summary>
    [Fact]
    public void Every_action_is_pinned_to_a_commit_and_says_its_version() => Assert.All(
        Workflow.All.SelectMany(workflow => File.ReadLines(Path.Combine(Golden.Root, ".github", "workflows", $"{workflow.Name}.yml")).Where(line => line.Contains("uses:", StringComparison.Ordinal))),
        line => Assert.Matches(Pinned(), line));

    [Fact]
    public void Who_writes_is_named_and_everything_else_only_reads()
    {
        Assert.All(Workflow.All, workflow => Assert.Equal(new Dictionary<string, string> { ["contents"] = "read" }, workflow.Permissions));
        var writes = from workflow in Workflow.All
                     from job in workflow.Jobs
                     from permission in Workflow.Texts(job.Job, "permissions")
                     where permission.Value != "read"
                     select $"{workflow.Name}/{job.Name}/{permission.Key}";
        Assert.Equal(Writes.Keys.Order(), writes.Order());
    }

    [Fact]
    public void A_checkout_leaves_no_token_behind() => Assert.All(
        Workflow.All.SelectMany(workflow => workflow.Steps).Where(step => Workflow.Text(step, "uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true),
        step => Assert.Equal("false", Workflow.Texts(step, "with")["persist-credentials"]));

    [Fact]
    public void Every_job_has_an_end_and_none_takes_a_text_of_others_into_its_shell()
    {
        Assert.All(Workflow.All.SelectMany(workflow => workflow.Jobs), job => Assert.InRange(int.Parse(Workflow.Text(job.Job, "timeout-minutes")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60));
        Assert.All(Workflow.All.SelectMany(workflow => workflow.Commands), command => Assert.DoesNotContain("${{", command, StringComparison.Ordinal));
        Assert.DoesNotContain(Workflow.All, workflow => workflow.Triggers.Contains("pull_request_target"));
    }

    [Fact]
    public async Task Bash_can_read_what_is_run()
    {
        using var folder = new TemporaryFolder();
        var files = Workflow.All.SelectMany(workflow => workflow.Commands).Select((command, index) => folder.Write($"{index}.sh", command)).Append(Path.Combine(Golden.Root, "test.sh")).Append(Path.Combine(Golden.Root, ".ci", "run"));
        await Shell.RunAsync(string.Join('\n', files.Select(file => $"bash -n '{file}'")), folder.Path);
    }

    [Fact]
    public void Dependabot_and_the_templates_are_read_by_GitHub()
    {
        var github = Path.Combine(Golden.Root, ".github");
        var updates = (YamlSequenceNode)Workflow.Read(Path.Combine(github, "dependabot.yml"))["updates"];
        Assert.Superset(new HashSet<string> { "nuget", "github-actions" }, updates.Cast<YamlMappingNode>().Select(update => $"{update["package-ecosystem"]}").ToHashSet());
        Assert.All(Directory.EnumerateFiles(Path.Combine(github, "ISSUE_TEMPLATE")).Where(file => !file.EndsWith("config.yml", StringComparison.Ordinal)), file =>
        {
            var template = Workflow.Read(file);
            Assert.All(new[] { "name", "description", "body" }, key => Assert.True(template.Children.ContainsKey(key), $"{file}: {key}"));
            var ids = ((YamlSequenceNode)template["body"]).Cast<YamlMappingNode>().Select(field => Workflow.Text(field, "id")).ToArray();
            Assert.Equal(ids.Length, ids.Distinct().Count());
        });
        Assert.True(File.Exists(Path.Combine(github, "pull_request_template.md")));
        Assert.True(File.Exists(Path.Combine(Golden.Root, "SECURITY.md")));
    }

    [Fact]
    public void Every_file_of_yaml_is_clean() => Assert.All(Directory.EnumerateFiles(Path.Combine(Golden.Root, ".github"), "*.yml", SearchOption.AllDirectories), file =>
    {
        var text = File.ReadAllText(file);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line == line.TrimEnd() && !line.Contains('\t') && line.Length <= 200, $"{file}: {line}"));
    });

    [GeneratedRegex(@"uses: [\w./-]+@[0-9a-f]{40} # v[0-9]+(\.[0-9]+)*$")]
    private static partial Regex Pinned();
}
