using System.Text.RegularExpressions;
using CoLink.Observability.Integration.Documents;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>The dotnet tool as its package brings it, in an empty directory, with the commands that its README shows.</summary>
[Collection(nameof(PackedLibrary))]
public sealed partial class ToolTests(PackedLibrary library)
{
    private const string Page = "src/CoLink.Observability.Monitoring/README.md";

    [Fact]
    public async Task The_tool_is_installed_and_renders_checks_and_explains()
    {
        // A home of its own is where a global tool goes. It depends on no package, so the feed is enough, and no network is asked.
        var home = Directory.CreateDirectory(Path.Combine(library.Folder, "tool")).FullName;
        await File.WriteAllTextAsync(Path.Combine(home, "NuGet.Config"), $"""<configuration><packageSources><clear /><add key="feed" value="{library.Feed}" /></packageSources></configuration>""");
        var rendered = await RunAsync(home, Blocks.With("dotnet tool install", Page, "sh"));
        Assert.Equal(0, rendered.Code);
        var directory = Path.Combine(home, "monitoring");
        var file = await File.ReadAllTextAsync(Path.Combine(directory, "colink-monitoring.yml"));
        Assert.Contains("users-service", file, StringComparison.Ordinal);
        Assert.Contains("job_name: users-service", await File.ReadAllTextAsync(Path.Combine(directory, "prometheus.yml")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(directory, "runbooks", "CoLinkHighErrorRate.md")));

        Assert.Equal(0, (await RunAsync(home, "colink-monitoring check")).Code);
        var explained = await RunAsync(home, Blocks.With("colink-monitoring explain", "monitoring/README.md", "bash"));
        Assert.Contains("runbooks/CoLinkHighErrorRate.md", explained.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(home, "colink-monitoring explain CoLinkNoSuchAlert")).Code);

        // A line by hand, and a service more that nobody rendered.
        await File.AppendAllTextAsync(Path.Combine(directory, "prometheus.yml"), "# mine\n");
        var changed = await RunAsync(home, "colink-monitoring check");
        Assert.Equal(1, changed.Code);
        Assert.Contains("# mine", changed.Output, StringComparison.Ordinal);
        await File.AppendAllTextAsync(Path.Combine(directory, "colink-monitoring.yml"), "  - name: files-service\n    port: 8003\n");
        Assert.Equal(1, (await RunAsync(home, "colink-monitoring check")).Code);
        Assert.Equal(0, (await RunAsync(home, "colink-monitoring render && colink-monitoring check")).Code);
        Assert.Contains("job_name: files-service", await File.ReadAllTextAsync(Path.Combine(directory, "prometheus.yml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_of_its_commands_has_those_that_it_lists_itself()
    {
        var tool = Path.Combine(Golden.Root, "src", PackedLibrary.Tool, "bin", BuiltProjects.Configuration, "net10.0", "colink-monitoring.dll");
        var help = await DotnetCli.RunAsync(library.Folder, tool, "--help");
        var own = Listed().Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..]).Select(command => command.Groups[1].Value).Order();
        var page = await File.ReadAllTextAsync(Path.Combine(Golden.Root, Page));
        Assert.Equal(own, Row().Matches(page).Select(row => row.Groups[1].Value).Order());
    }

    private static Task<(int Code, string Output)> RunAsync(string home, string script) => Shell.TryAsync(
        script, home, ("DOTNET_CLI_HOME", home), ("PATH", $"{Path.Combine(home, ".dotnet", "tools")}:{Environment.GetEnvironmentVariable("PATH")}"));

    [GeneratedRegex("^  ([a-z]+) ", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex("^\\| `([a-z]+)[ `]", RegexOptions.Multiline)]
    private static partial Regex Row();
}
