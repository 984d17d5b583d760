using System.Globalization;
using System.Net;
using System.Text.Json;
using CoLink.Observability.Integration.Documents;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>What a new user does: a new app from the SDK's template, the package, the one line. A web app takes the steps of README, in its tests.</summary>
[Collection(nameof(PackedLibrary))]
public sealed class NewAppTests(PackedLibrary library)
{
    private const string Guide = "docs/migration.md";

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
        await AssertCompletionAsync(project.Folder);
    }

    /// <summary>Editors complete appsettings.json by the schemas that the project's items name.</summary>
    private static async Task AssertCompletionAsync(string folder)
    {
        using var items = JsonDocument.Parse(await DotnetCli.RunAsync(folder, "msbuild", "-getItem:JsonSchemaSegment"));
        var schema = items.RootElement.GetProperty("Items").GetProperty("JsonSchemaSegment").EnumerateArray()
            .Single(item => item.GetProperty("Identity").GetString()!.Contains("colink.observability", StringComparison.Ordinal));
        Assert.Matches(schema.GetProperty("FilePathPattern").GetString()!, "appsettings.json");
        using var keys = JsonDocument.Parse(await File.ReadAllBytesAsync(schema.GetProperty("FullPath").GetString()!));
        Assert.True(keys.RootElement.GetProperty("properties").GetProperty("CoLink").GetProperty("properties").GetProperty("Observability").GetProperty("properties").TryGetProperty("ServiceName", out _));
    }

    /// <summary>What is no program of its own, a method each in one library. The other steps of the guide are compiled by the services that take them.</summary>
    [Fact]
    public async Task What_the_guides_show_compiles()
    {
        const string Builder = "WebApplicationBuilder builder";
        string[] steps = [Blocks.With("Shop.Orders", Guide, "csharp"), Blocks.With("AddSerilog", Guide, "csharp")];
        string[] kafka = Blocks.Of("src/CoLink.Observability.Kafka/README.md", "csharp");
        string[] mongo = Blocks.Of("src/CoLink.Observability.MongoDB/README.md", "csharp");
        string[] redis = Blocks.Of("src/CoLink.Observability.StackExchangeRedis/README.md", "csharp");
        string[] monitoring = Blocks.Of("monitoring/README.md", "csharp");
        var project = FreshProject.Library(library, "Fresh.guides", "Microsoft.NET.Sdk.Web");
        await project.ReferenceAsync("CoLink.Observability.Kafka", "CoLink.Observability.MongoDB", "CoLink.Observability.StackExchangeRedis", "Serilog.AspNetCore", "Serilog");
        await project.WriteAsync("Guides.cs", OneFile(
        [
            "using Confluent.Kafka;\nusing MongoDB.Driver;",
            .. steps.Select(step => AsMethod("string[] args", step)),
            AsMethod("IServiceProvider services, ProducerConfig producerConfig, ConsumerConfig consumerConfig, CancellationToken cancellation", string.Concat(kafka)),
            AsMethod($"{Builder}, string connectionString", string.Concat(mongo)),
            .. redis.Concat(monitoring).Select(block => AsMethod(Builder, block)),
        ]));

        await project.BuildAsync(restore: true);
    }

    [Fact]
    public void Every_block_of_CSharp_is_among_those_that_are_compiled() => Assert.Equal(
        new Dictionary<string, int>
        {
            ["README.md"] = 2,
            ["docs/migration.md"] = 4,
            ["docs/own-metrics.md"] = 3,
            ["monitoring/README.md"] = 1,
            ["src/CoLink.Observability.Kafka/README.md"] = 2,
            ["src/CoLink.Observability.MongoDB/README.md"] = 1,
            ["src/CoLink.Observability.StackExchangeRedis/README.md"] = 2,

            // Recipes, which its own tests hold word for word.
            ["src/CoLink.Observability.Testing/README.md"] = 6,
        },
        Blocks.Pages.Select(page => KeyValuePair.Create(page, Blocks.Of(page, "csharp", "cs", "c").Length)).Where(page => page.Value > 0));

    [Fact]
    public async Task A_new_worker_with_the_package_and_the_one_line_serves_its_metrics_on_a_port_of_its_own()
    {
        var project = await FreshProject.NewAsync(library, "worker", "Fresh.worker");
        await project.AddLibraryAsync();
        await project.ReplaceAsync("Host.CreateApplicationBuilder(args);", "Host.CreateApplicationBuilder(args);\nbuilder.AddCoLinkObservability();");
        var assembly = await project.BuildAsync();
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

    private static string AsMethod(string parameters, string block)
    {
        var lines = block.Split('\n').ToLookup(IsUsing);
        return string.Join('\n', [.. lines[true], $"internal static class Step{Guid.NewGuid():N} {{ public static void Run({parameters}) {{", .. lines[false], "} }"]);
    }

    private static string OneFile(string[] blocks)
    {
        var lines = blocks.SelectMany(block => block.Split('\n')).ToArray();
        var usings = lines.Where(IsUsing).Distinct();
        return string.Join('\n', [.. usings, .. lines.Where(line => !IsUsing(line))]);
    }

    /// <summary>Of a namespace, not of a variable.</summary>
    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=');
}
