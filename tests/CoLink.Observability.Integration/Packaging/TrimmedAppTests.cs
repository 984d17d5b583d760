using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>An app of which only what is used was published. It takes the trimmer most of a minute, and the framework's package is downloaded.</summary>
[Collection(nameof(PackedLibrary))]
public sealed partial class TrimmedAppTests(PackedLibrary library)
{
    private const string Switch = "COLINK_TEST_TRIMMED";

    [Fact]
    public async Task A_trimmed_app_serves_its_metrics_and_pushes_to_Loki_and_no_warning_names_the_library()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Switch) == "1", $"Publishing takes a minute: {Switch}=1 asks for it.");
        Assert.SkipUnless(RuntimeInformation.RuntimeIdentifier.EndsWith("-x64", StringComparison.Ordinal) && OperatingSystem.IsLinux(), "Only for Linux on x64.");
        var folder = Path.Combine(library.Folder, "Trimmed");
        await DotnetCli.RunAsync(library.Folder, "new", "web", "--name", "Trimmed", "--output", folder, "--no-restore");
        await DotnetCli.RunAsync(folder, "add", "package", PackedLibrary.Id, "--version", library.Version);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), """
            var builder = WebApplication.CreateSlimBuilder(args);
            builder.AddCoLinkObservability();
            var app = builder.Build();
            app.MapGet("/hello/{name}", (string name) => $"hello {name}");
            app.Run();
            """);

        var published = await DotnetCli.RunAsync(
            folder, "publish", "--configuration", "Release", "--runtime", "linux-x64", "--output", Path.Combine(folder, "out"),
            "-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false", "-p:InvariantGlobalization=true");
        Assert.DoesNotMatch(@"warning IL[0-9]+: CoLink\.", published);

        await using var loki = await StubLoki.StartAsync();
        var environment = new Dictionary<string, string?>(DotnetCli.Environment) { ["CoLink__Observability__Logging__Loki__Url"] = loki.Address.ToString() };
        await using var app = ChildProcess.Start(Path.Combine(folder, "out", "Trimmed"), ["--urls", "http://127.0.0.1:0"], folder, environment);
        var listening = await app.LineAsync(Listening());
        using var client = new HttpClient { BaseAddress = new Uri(listening.Groups["address"].Value) };
        Assert.Equal("hello you", await client.GetStringAsync("/hello/you"));
        await Scrape.UntilAsync(client, found => found.Value("http_requests_total", ("endpoint", "/hello/{name}"), ("status", "200")) == 1);
        await Scrape.UntilAsync(client, found => found.Value("colink_telemetry_log_events_total", ("outcome", "delivered")) > 0);
        Assert.Contains(loki.Lines, line => line.Contains("Now listening on", StringComparison.Ordinal));
    }

    [GeneratedRegex("Now listening on: (?<address>http://127[0-9.]+:[0-9]+)")]
    private static partial Regex Listening();
}
