using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>What a new user does: a new app from the SDK's template, the package, the one line.</summary>
[Collection(nameof(PackedLibrary))]
public sealed partial class NewAppTests(PackedLibrary library)
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
    public async Task What_the_README_shows_compiles_and_counts()
    {
        string[] blocks = [.. await BlocksAsync("README.md"), .. await BlocksAsync("docs/own-metrics.md")];
        Assert.Equal(5, blocks.Length);
        var assembly = await BuildAsync(
            "web", "readme",
            program: blocks[0] + """
                builder.Services.AddSingleton<Carts>().AddSingleton<Deliveries>().AddSingleton<Checkout>().AddSingleton<Channel>();
                var app = builder.Build();
                app.MapPost("/carts/{country}", (string country, Carts carts) => carts.Open(country));
                app.MapPost("/deliveries", (Deliveries deliveries) => deliveries.DeliverAsync(() => throw new TimeoutException()));
                app.MapPost("/orders/{id}", (string id, Checkout checkout) => checkout.PayAsync("pro", id, () => Task.CompletedTask));
                app.MapPost("/channel", (Channel channel) => channel.ReceivedAsync("hello", _ => Task.CompletedTask));
                app.Run();
                """,
            more: OneFile(blocks[1..]));
        await using var app = await RunningProgram.StartAsync(assembly, library.Folder);

        await app.Client.PostAsync("/carts/at", null);

        await app.Client.PostAsync("/deliveries", null);
        await app.Client.PostAsync("/orders/4711", null);
        await app.Client.PostAsync("/channel", null);

        var scrape = await Scrape.UntilAsync(app.Client, s => s.Value("shop_carts_opened_total", ("country", "at")) == 1);
        Assert.Equal(1, scrape.Value("shop_delivery_failures_total"));
        Assert.Equal(1, scrape.Value("shop_delivery_duration_seconds_count"));
        Assert.Equal(0, scrape.Value("shop_deliveries_in_progress"));
        Assert.Equal(1, scrape.Value("operations_total", ("operation", "checkout"), ("outcome", "success")));
        Assert.Equal(1, scrape.Value("operations_total", ("operation", "channel_message"), ("outcome", "success")));
        Assert.Equal(1, scrape.Value("checkout_operations_total", ("plan", "pro"), ("outcome", "success")));
        Assert.DoesNotContain("4711", scrape.Text, StringComparison.Ordinal);
    }

    /// <summary>Each step is a program of its own; all are compiled in one, a method each, but for the one that is a file of classes.</summary>
    [Fact]
    public async Task What_the_migration_guide_shows_compiles()
    {
        var blocks = await BlocksAsync("docs/migration.md");
        Assert.Equal(4, blocks.Length);
        var folder = await NewAsync("web", "Fresh.migration");
        await DotnetCli.RunAsync(folder, "add", "package", "Serilog.AspNetCore", "--version", Pinned("Serilog.AspNetCore"));
        await File.WriteAllTextAsync(Path.Combine(folder, "More.cs"), OneFile([.. blocks.Select(AsMethod)]));

        await BuildInAsync(folder, "return 0;");
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

    private async Task<string> BuildAsync(string template, string builder)
    {
        var folder = await NewAsync(template, $"Fresh.{template}");
        var program = Path.Combine(folder, "Program.cs");
        var before = await File.ReadAllTextAsync(program);
        var after = before.Replace(builder, builder + "\nbuilder.AddCoLinkObservability();", StringComparison.Ordinal);
        Assert.NotEqual(before, after);
        return await BuildInAsync(folder, after);
    }

    private async Task<string> BuildAsync(string template, string name, string program, string more)
    {
        var folder = await NewAsync(template, $"Fresh.{name}");
        await File.WriteAllTextAsync(Path.Combine(folder, "More.cs"), more);
        return await BuildInAsync(folder, program);
    }

    private async Task<string> NewAsync(string template, string name)
    {
        var folder = Path.Combine(library.Folder, name);
        await DotnetCli.RunAsync(library.Folder, "new", template, "--name", name, "--output", folder, "--no-restore");
        await DotnetCli.RunAsync(folder, "add", "package", PackedLibrary.Id, "--version", library.Version);
        return folder;
    }

    /// <returns>The path of the built assembly.</returns>
    private static async Task<string> BuildInAsync(string folder, string program)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), program);
        await DotnetCli.RunAsync(folder, "build", "--configuration", "Release", "--no-restore");
        return Path.Combine(folder, "bin", "Release", "net10.0", $"{Path.GetFileName(folder)}.dll");
    }

    private static async Task<string[]> BlocksAsync(string page) =>
        [.. CSharpBlock().Matches(await File.ReadAllTextAsync(Path.Combine(Golden.Root, page))).Select(block => block.Groups["code"].Value)];

    private static string AsMethod(string block, int index)
    {
        if (block.Contains("public static class", StringComparison.Ordinal))
            return block;
        var lines = block.Split('\n').ToLookup(line => line.StartsWith("using ", StringComparison.Ordinal));
        return string.Join('\n', [.. lines[true], $"internal static class Step{index} {{ public static void Run(string[] args) {{", .. lines[false], "} }"]);
    }

    /// <summary>The version that the repository itself uses.</summary>
    private static string Pinned(string package) =>
        Regex.Match(File.ReadAllText(Path.Combine(Golden.Root, "Directory.Packages.props")), $"Include=\"{Regex.Escape(package)}\" Version=\"(?<version>[^\"]+)\"").Groups["version"].Value;

    private static string OneFile(string[] blocks)
    {
        var lines = blocks.SelectMany(block => block.Split('\n')).ToArray();
        var usings = lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal)).Distinct();
        return string.Join('\n', [.. usings, .. lines.Where(line => !line.StartsWith("using ", StringComparison.Ordinal))]);
    }

    [GeneratedRegex("```csharp\\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();
}
