using System.Globalization;
using System.Net;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>What a new user does: a new app from the SDK's template, the package, the one line.</summary>
[Collection(nameof(PackedLibrary))]
public sealed class NewAppTests(PackedLibrary library)
{
    private const string Guide = "docs/migration.md";

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
        string[] blocks = [.. Blocks.Of("README.md", "csharp"), .. Blocks.Of("docs/own-metrics.md", "csharp")];
        Assert.Equal(5, blocks.Length);
        var project = await FreshProject.NewAsync(library, "web", "Fresh.readme");
        await project.ReferenceAsync(PackedLibrary.Id);
        await project.WriteAsync("More.cs", OneFile(blocks[1..]));
        await project.WriteAsync("Program.cs", blocks[0] + """
                builder.Services.AddSingleton<Carts>().AddSingleton<Deliveries>().AddSingleton<Checkout>().AddSingleton<Channel>();
                var app = builder.Build();
                app.MapPost("/carts/{country}", (string country, Carts carts) => carts.Open(country));
                app.MapPost("/deliveries", (Deliveries deliveries) => deliveries.DeliverAsync(() => throw new TimeoutException()));
                app.MapPost("/orders/{id}", (string id, Checkout checkout) => checkout.PayAsync("pro", id, () => Task.CompletedTask));
                app.MapPost("/channel", (Channel channel) => channel.ReceivedAsync("hello", _ => Task.CompletedTask));
                app.Run();
                """);
        var assembly = await project.BuildAsync(restore: true);
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

    /// <summary>The steps that are programs, compiled in one, a method each. Those that the upgraded services take are compiled there.</summary>
    [Fact]
    public async Task What_the_migration_guide_shows_compiles()
    {
        string[] blocks = [Blocks.With("Shop.Orders", Guide, "csharp"), Blocks.With("AddSerilog", Guide, "csharp")];
        Assert.Equal(4, Blocks.Of(Guide, "csharp").Length);
        var project = await FreshProject.NewAsync(library, "web", "Fresh.migration");
        await project.ReferenceAsync(PackedLibrary.Id, "Serilog.AspNetCore");
        await project.WriteAsync("More.cs", OneFile([.. blocks.Select(AsMethod)]));
        await project.WriteAsync("Program.cs", "return 0;");

        await project.BuildAsync(restore: true);
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
        var project = await FreshProject.NewAsync(library, template, $"Fresh.{template}");
        await project.AddLibraryAsync();
        await project.ReplaceAsync(builder, builder + "\nbuilder.AddCoLinkObservability();");
        return await project.BuildAsync();
    }

    private static string AsMethod(string block, int index)
    {
        var lines = block.Split('\n').ToLookup(line => line.StartsWith("using ", StringComparison.Ordinal));
        return string.Join('\n', [.. lines[true], $"internal static class Step{index} {{ public static void Run(string[] args) {{", .. lines[false], "} }"]);
    }

    private static string OneFile(string[] blocks)
    {
        var lines = blocks.SelectMany(block => block.Split('\n')).ToArray();
        var usings = lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal)).Distinct();
        return string.Join('\n', [.. usings, .. lines.Where(line => !line.StartsWith("using ", StringComparison.Ordinal))]);
    }
}
