using System.Net.Http.Json;
using System.Text.RegularExpressions;
using CoLink.Observability.Integration.Packaging;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Documents;

/// <summary>What a stranger does who has README alone, and what README says he sees.</summary>
[Collection(nameof(PackedLibrary))]
public sealed partial class ReadmeTests
{
    private const string Page = "README.md";

    [Fact]
    public async Task The_steps_of_README_lead_to_a_service_that_is_scraped()
    {
        _ = RealServers.Curl;
        using var home = new Newcomer();
        var feed = Path.Combine(Golden.Root, "feed");
        Assert.False(Directory.Exists(feed), $"{feed} is there already.");
        try
        {
            // The repository is restored as it was built; the rest knows nothing but the newcomer's home.
            var commands = Blocks.With("dotnet pack", Page, "bash").Split('\n', 2);
            await Shell.RunAsync(commands[0], Golden.Root);
            await Shell.RunAsync(commands[1], Golden.Root, home.Variables);
            await Shell.RunAsync(Blocks.With("dotnet new", Page, "bash"), home.Path, home.Variables);

            var program = Path.Combine(home.Path, "Shop", "Program.cs");
            var line = Blocks.Of(Page, "csharp")[0].TrimEnd('\n').Split('\n');
            var text = await File.ReadAllTextAsync(program);
            Assert.Contains(line[0], text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(program, text.Replace(line[0], string.Join('\n', line), StringComparison.Ordinal));

            var address = $"http://127.0.0.1:{FreePort.Next()}";
            await using (var app = ChildProcess.Start("bash", ["-c", Here("dotnet run -- --urls")], Path.GetDirectoryName(program)!, home.Shell))
            {
                // It is built first.
                await app.LineAsync(new("Application started"), TimeSpan.FromMinutes(4));
                var told = await Shell.RunAsync(Here("curl -s http://localhost:5080/"), home.Path);
                Assert.Equal(Assert.Single(Blocks.Of(Page, ""), block => block.StartsWith("Hello World!", StringComparison.Ordinal)).Trim(), told.Trim());
                Assert.Equal(1, Scrape.Parse(await Shell.RunAsync($"curl -s {address}/metrics", home.Path)).Value("colink_build_info", ("service", "Shop")));
            }

            string Here(string begin) => Blocks.With(begin, Page, "bash").Replace("http://localhost:5080", address, StringComparison.Ordinal);

            await Shell.RunAsync(Inline("dotnet nuget remove source"), home.Path, home.Variables);
            Assert.DoesNotContain("colink", await File.ReadAllTextAsync(home.Configuration), StringComparison.Ordinal);
        }
        finally
        {
            if (Directory.Exists(feed))
                Directory.Delete(feed, recursive: true);
        }
    }

    [Fact]
    public async Task The_sample_starts_by_the_command_of_README_and_says_what_README_shows()
    {
        _ = RealServers.Curl;
        // As it was built beside this test: a build has its own time, and a test of what was built does not wait for it.
        var command = Blocks.With("dotnet run --project", Page, "bash").Split('#')[0] + "--no-build";
        var environment = new Dictionary<string, string?>(DotnetCli.Environment)
        {
            ["Configuration"] = BuiltProjects.Configuration,
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        };
        await using var sample = ChildProcess.Start("bash", ["-c", command], Golden.Root, environment);
        using var client = new HttpClient { BaseAddress = new Uri((await sample.LineAsync(Listening())).Value) };

        // "A user registered, a message posted and found, and one wrong address later"
        await client.PostAsJsonAsync("/api/users", new { name = "Ada", email = "ada@example.com", method = "sso" });
        await client.PostAsJsonAsync("/api/messages", new { channel = "general", text = "Hello, channel!", channelType = "channel", author = "Ada" });
        await client.GetAsync("/api/search?q=hello&scope=messages");
        await client.GetAsync("/api/serach");
        var scrape = await Scrape.UntilAsync(client, s => s.Sum("http_requests_total") == 4);

        var shown = Scrape.Parse(Assert.Single(Blocks.Of(Page, ""), block => block.Contains("messages_sent_total", StringComparison.Ordinal)));
        Assert.All(shown.Samples, line => Assert.Equal(line, scrape.Samples.FirstOrDefault(sample => IsSame(line, sample)), (one, other) => other is not null && (Varies(one.Name) || one.Value == other.Value)));
        var start = Assert.Single(Blocks.Of(Page, ""), block => block.StartsWith("CoLink.Observability ", StringComparison.Ordinal)).Trim();
        await sample.LineAsync(new Regex(Regex.Escape(start)));

        var told = await Shell.RunAsync(Blocks.With("curl", "docs/troubleshooting.md", "bash").Replace("http://localhost:8002/", $"{client.BaseAddress}", StringComparison.Ordinal), Golden.Root);
        Assert.All(told.Split('\n'), line => Assert.StartsWith("colink_telemetry", line, StringComparison.Ordinal));
    }

    private static bool IsSame(Scrape.SampleLine one, Scrape.SampleLine other) =>
        one.Name == other.Name && one.Labels.OrderBy(label => label.Key).SequenceEqual(other.Labels.OrderBy(label => label.Key));

    /// <summary>Times, and lines of a start.</summary>
    private static bool Varies(string name) => name.EndsWith("_sum", StringComparison.Ordinal) || name == "colink_telemetry_console_events_total";

    /// <summary>The command that stands in a sentence.</summary>
    private static string Inline(string begin) => Regex.Match(Blocks.Text(Page), $"`({Regex.Escape(begin)}[^`]*)`").Groups[1].Value;

    [GeneratedRegex("(?<=Now listening on: )http://127[0-9.]+:[0-9]+")]
    private static partial Regex Listening();
}
