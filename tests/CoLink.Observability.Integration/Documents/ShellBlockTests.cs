using System.Text.RegularExpressions;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Documents;

/// <summary>Every block of shell is run by a test, or stands here with the reason why not.</summary>
public sealed partial class ShellBlockTests
{
    /// <summary>Begins of commands, each with the tests that run the very text of the page.</summary>
    private static readonly Dictionary<string, string> Run = new()
    {
        ["dotnet pack src/CoLink.Observability"] = nameof(ReadmeTests.The_steps_of_README_lead_to_a_service_that_is_scraped),
        ["dotnet nuget add source"] = nameof(ReadmeTests.The_steps_of_README_lead_to_a_service_that_is_scraped),
        ["dotnet new web --name Shop"] = nameof(ReadmeTests.The_steps_of_README_lead_to_a_service_that_is_scraped),
        ["dotnet add package CoLink.Observability"] = nameof(ReadmeTests.The_steps_of_README_lead_to_a_service_that_is_scraped),
        ["dotnet run -- --urls http://localhost:5080"] = nameof(ReadmeTests.The_steps_of_README_lead_to_a_service_that_is_scraped),
        ["curl -s http://localhost:5080/"] = nameof(ReadmeTests.The_steps_of_README_lead_to_a_service_that_is_scraped),
        ["dotnet run --project samples/MessagingService"] = nameof(ReadmeTests.The_sample_starts_by_the_command_of_README_and_says_what_README_shows),
        ["curl -s http://localhost:8002/metrics"] = nameof(ReadmeTests.The_sample_starts_by_the_command_of_README_and_says_what_README_shows),
        ["dotnet tool install --global"] = nameof(Packaging.ToolTests.The_tool_is_installed_and_renders_checks_and_explains),
        ["mkdir monitoring && cat >"] = nameof(Packaging.ToolTests.The_tool_is_installed_and_renders_checks_and_explains),
        ["colink-monitoring render"] = nameof(Packaging.ToolTests.The_tool_is_installed_and_renders_checks_and_explains),
        ["colink-monitoring explain"] = nameof(Packaging.ToolTests.The_tool_is_installed_and_renders_checks_and_explains),
        ["mkdir -p -m 700 secrets"] = nameof(The_secrets_of_the_compose_file_are_made),
        ["for secret in "] = nameof(The_secrets_of_the_compose_file_are_made),
        ["chmod 644 secrets/*"] = nameof(The_secrets_of_the_compose_file_are_made),
        ["amtool check-config alertmanager.yml"] = nameof(Alertmanagers_tool_reads_what_is_rendered),
        ["amtool config routes test"] = nameof(Alertmanagers_tool_reads_what_is_rendered),
    };

    /// <summary>What no test runs. What these name in the repository is looked up all the same.</summary>
    private static readonly Dictionary<string, string> NotRun = new()
    {
        ["./test.sh"] = "it runs this test",
        ["./docs/pictures/make.sh"] = "it drives traffic for minutes, in a browser; its syntax is checked",
        ["dotnet build tests/"] = "it is what built this test",
        ["dotnet test --project tests/"] = "it is what runs tests; the long ones are part of test.sh",
        ["dotnet run -c Release --project benchmarks/"] = "benchmarks take minutes and a quiet machine",
        ["dotnet run --configuration Release --project src/CoLink.Observability.Monitoring -- render"] = "it writes into this repository; the tool's own test renders elsewhere",
        ["dotnet run --configuration Release --project src/CoLink.Observability.Monitoring -- check"] = "test.sh does",
        ["promtool test rules monitoring/tests/*.test.yml"] = "a minute of CPU; the tests of the monitoring do, file by file",
        ["docker compose"] = "it needs images from registries",
        ["helm "] = "it needs a cluster and charts from the internet",
        ["kubectl "] = "it needs a cluster",
    };

    /// <summary>The handbook and the runbooks are for a platform that runs: their programs are looked up by the monitoring's own tests.</summary>
    private static readonly string[] Pages = [.. Blocks.Pages.Where(page => page is "monitoring/README.md" || !page.StartsWith("monitoring/", StringComparison.Ordinal))];

    [Fact]
    public async Task Bash_can_read_every_block()
    {
        var blocks = Blocks.Pages.SelectMany(page => Blocks.Of(page, "bash", "sh").Select((text, index) => (Name: $"{page} {index + 1}", Text: text))).ToArray();
        Assert.True(blocks.Length > 100);
        using var folder = new TemporaryFolder();
        var functions = blocks.Select((block, index) => folder.Write($"{index}.sh", block.Text)).ToArray();
        var wrong = await Shell.RunAsync("for file in *.sh; do bash -n \"$file\" 2>&1 || echo \"$file is wrong\"; done", folder.Path);
        Assert.True(wrong.Length == 0, string.Join('\n', WrongFile().Matches(wrong).Select(match => blocks[int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)].Name).Append(wrong)));
        Assert.Equal(blocks.Length, functions.Length);
    }

    [Fact]
    public void Every_command_is_run_by_a_test_or_has_a_reason_not_to_be() => Assert.All(Commands(), command => Assert.True(
        Run.Concat(NotRun).Count(entry => command.Text.StartsWith(entry.Key, StringComparison.Ordinal)) == 1, $"{command.Page}: {command.Text}"));

    [Fact]
    public void Each_of_these_is_on_a_page() => Assert.All(
        Run.Keys.Concat(NotRun.Keys), begin => Assert.Contains(Commands(), command => command.Text.StartsWith(begin, StringComparison.Ordinal)));

    [Fact]
    public void What_a_command_names_in_the_repository_is_there() => Assert.All(Commands(), command =>
    {
        var folder = command.Page.StartsWith("monitoring/", StringComparison.Ordinal) && !command.Text.StartsWith("dotnet", StringComparison.Ordinal) ? "monitoring" : "";
        Assert.All(Named().Matches(command.Text).Select(name => name.Groups["path"].Value), path => Assert.True(
            Path.Exists(Path.Combine(Golden.Root, folder, path)), $"{command.Page}: {path} of {command.Text}"));
        if (TestClass().Match(command.Text) is { Success: true } test)
            Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(Golden.Root, test.Groups["project"].Value), $"*{test.Groups["class"].Value}.cs", SearchOption.AllDirectories));
    });

    [Fact]
    public async Task The_secrets_of_the_compose_file_are_made()
    {
        using var folder = new TemporaryFolder();
        await Shell.RunAsync(Blocks.With("secrets/$secret", "monitoring/README.md", "bash"), folder.Path);
        var compose = await File.ReadAllTextAsync(Path.Combine(Golden.Root, "monitoring", "docker-compose.yml"));
        var needed = Secret().Matches(compose).Select(secret => secret.Groups[1].Value).Distinct().Order();
        Assert.Equal(needed, Directory.EnumerateFiles(Path.Combine(folder.Path, "secrets")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Alertmanagers_tool_reads_what_is_rendered()
    {
        var amtool = Path.GetDirectoryName(RealServers.Amtool);
        var output = await Shell.RunAsync(Blocks.With("amtool check-config", "monitoring/README.md", "bash"), Path.Combine(Golden.Root, "monitoring"), ("PATH", $"{amtool}:{Environment.GetEnvironmentVariable("PATH")}"));
        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
    }

    /// <summary>A line a command; what a here-document holds belongs to the one that reads it.</summary>
    private static IEnumerable<(string Page, string Text)> Commands() =>
        from page in Pages
        from block in Blocks.Of(page, "bash", "sh")
        from line in HereDocument().Replace(Continued().Replace(block, " "), "$1").Split('\n')
        where line.Length > 0
        select (page, line);

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"(<<'?([A-Z]+)'?)\n.*?^\2$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex HereDocument();

    [GeneratedRegex("^([0-9]+)\\.sh is wrong", RegexOptions.Multiline)]
    private static partial Regex WrongFile();

    [GeneratedRegex(@"(--project|--values|--filename|--file|dotnet pack|dotnet build|=relay=|from-file=relay=) ?(?<path>[A-Za-z][\w./-]+)|^(?<path>\./[\w./]+)")]
    private static partial Regex Named();

    [GeneratedRegex(@"--project (?<project>\S+).*--filter-class '\*(?<class>\w+)'")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"\./secrets/([\w-]+)")]
    private static partial Regex Secret();
}
