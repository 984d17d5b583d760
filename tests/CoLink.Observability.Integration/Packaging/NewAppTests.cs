using System.Globalization;
using System.Net;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>What a new user does: a new app from the SDK's template, the package, the one line.</summary>
[Collection(nameof(PackedLibrary))]
public sealed class NewAppTests(PackedLibrary library)
{
    [Fact]
    public async Task A_new_web_app_with_the_package_and_the_one_line_serves_its_metrics()
    {
        var assembly = await BuildAsync("web", "WebApplication.CreateBuilder(args);");
        await using var app = await RunningProgram.StartAsync(assembly, library.Folder);

        Assert.Equal("Hello World!", await app.Client.GetStringAsync("/"));

        var scrape = await Scrape.UntilAsync(app.Client, s => s.Value("http_requests_total", ("endpoint", "/"), ("status", "200")) == 1);
        Assert.Equal(1, scrape.Value("colink_build_info", ("service", "Fresh.web")));
    }

    [Fact]
    public async Task A_new_worker_with_the_package_and_the_one_line_serves_its_metrics_on_a_port_of_its_own()
    {
        var assembly = await BuildAsync("worker", "Host.CreateApplicationBuilder(args);");
        var port = FreePort.Next();
        var environment = new Dictionary<string, string?>(DotnetCli.Environment)
        {
            ["CoLink__Observability__Metrics__Port"] = port.ToString(CultureInfo.InvariantCulture),
        };
        await using var worker = ChildProcess.Start(DotnetCli.Program, [assembly], library.Folder, environment);
        await worker.LineAsync(new("Application started"));

        using var client = new HttpClient { BaseAddress = new UriBuilder("http", IPAddress.Loopback.ToString(), port).Uri };
        var scrape = await Scrape.OfAsync(client);
        Assert.Equal(1, scrape.Value("colink_build_info", ("service", "Fresh.worker")));
        Assert.Equal(1, scrape.Value("colink_telemetry_listener_up"));
    }

    /// <returns>The path of the built assembly.</returns>
    private async Task<string> BuildAsync(string template, string builder)
    {
        var name = $"Fresh.{template}";
        var folder = Path.Combine(library.Folder, name);
        await DotnetCli.RunAsync(library.Folder, "new", template, "--name", name, "--output", folder, "--no-restore");
        await DotnetCli.RunAsync(folder, "add", "package", PackedLibrary.Id, "--version", library.Version);

        var program = Path.Combine(folder, "Program.cs");
        var before = await File.ReadAllTextAsync(program);
        var after = before.Replace(builder, builder + "\nbuilder.AddCoLinkObservability();", StringComparison.Ordinal);
        Assert.NotEqual(before, after);
        await File.WriteAllTextAsync(program, after);

        await DotnetCli.RunAsync(folder, "build", "--configuration", "Release", "--no-restore");
        return Path.Combine(folder, "bin", "Release", "net10.0", $"{name}.dll");
    }
}
