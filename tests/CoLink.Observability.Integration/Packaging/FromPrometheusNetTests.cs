using CoLink.Observability.Integration.Documents;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>A service that counts with prometheus-net goes the way of docs/migration.md: before, beside, after.</summary>
[Collection(nameof(PackedLibrary))]
public sealed class FromPrometheusNetTests(PackedLibrary library)
{
    private const string Mine = "http_requests_total";
    private const string Theirs = "http_requests_received_total";
    private const string Duration = "http_request_duration_seconds_count";

    [Fact]
    public async Task A_service_with_UseHttpMetrics_and_MapMetrics_is_upgraded_as_the_guide_says()
    {
        var project = await FreshProject.NewAsync(library, "web", "Upgraded.net");
        await project.ReferenceAsync("prometheus-net.AspNetCore");
        await project.WriteAsync("Program.cs", """
            using Prometheus;

            var builder = WebApplication.CreateBuilder(args);
            var app = builder.Build();

            app.UseHttpMetrics();
            app.MapMetrics();

            var orders = Metrics.CreateCounter("shop_orders_total", "Orders.");
            app.MapPost("/orders", () => orders.Inc());
            app.Run();

            """);
        await BeforeAsync(await project.BuildAsync(restore: true));

        await project.AddLibraryAsync();
        await project.ReplaceAsync("WebApplication.CreateBuilder(args);\n", "WebApplication.CreateBuilder(args);\nbuilder.AddCoLinkObservability();\n");
        var both = await project.BuildAsync();
        await OnOnePathAsync(both);
        await OnTwoPathsAsync(both);
        await InOneExpositionAsync(both);

        await project.RemoveAsync("prometheus-net.AspNetCore");
        await project.ReplaceAsync("app.UseHttpMetrics();\napp.MapMetrics();\n\n", "");
        await project.ReplaceAsync("AddCoLinkObservability()", "AddCoLinkObservability(options => options.Metrics.IncludeStaticRegistry = true)");
        Assert.Equal(Blocks.With("shop_orders_total", "docs/migration.md", "csharp"), await File.ReadAllTextAsync(project.Program));
        await AfterAsync(await project.BuildAsync(restore: true));
    }

    private async Task BeforeAsync(string assembly)
    {
        await using var app = await StartAsync(assembly);
        var scrape = await Scrape.UntilAsync(app.Client, s => s.Value(Theirs, ("endpoint", "/orders")) == 1);
        Assert.Equal(1, scrape.Value("shop_orders_total"));
        Assert.NotNull(scrape.Value("process_num_threads"));
    }

    /// <summary>"While both are there on one path, ours answers."</summary>
    private async Task OnOnePathAsync(string assembly)
    {
        await using var app = await StartAsync(assembly);
        var scrape = await Scrape.UntilAsync(app.Client, s => s.Value(Mine, ("endpoint", "/orders"), ("status", "200")) == 1);
        Assert.Equal(1, scrape.Value(Duration, ("endpoint", "/orders")));
        Assert.Empty(scrape.All(Theirs));
        Assert.Empty(scrape.All("shop_orders_total"));
    }

    /// <summary>"To keep the old one reachable, give one of them another path." Both count the request, each under its names.</summary>
    private async Task OnTwoPathsAsync(string assembly)
    {
        await using var app = await StartAsync(assembly, ("Metrics__Path", "/colink"));
        var mine = await Scrape.UntilAsync(app.Client, s => s.Value(Mine, ("endpoint", "/orders"), ("status", "200")) == 1, "/colink");
        var theirs = await Scrape.UntilAsync(app.Client, s => s.Value(Theirs, ("endpoint", "/orders"), ("code", "200")) == 1);
        Assert.Equal(1, mine.Value(Duration, ("endpoint", "/orders")));
        Assert.Equal(1, theirs.Value(Duration, ("endpoint", "/orders"), ("code", "200")));
        Assert.Empty(mine.All(Theirs));
        Assert.Empty(theirs.All(Mine));
        Assert.Equal(mine.Value("process_start_time_seconds")!.Value, theirs.Value("process_start_time_seconds")!.Value, tolerance: 2);
    }

    /// <summary>What clashes: "in one exposition ours is there and theirs is left out, with a warning." What does not clash is there.</summary>
    private async Task InOneExpositionAsync(string assembly)
    {
        await using var app = await StartAsync(assembly, ("Metrics__IncludeStaticRegistry", "true"));
        var scrape = await Scrape.UntilAsync(app.Client, s => s.Value(Mine, ("endpoint", "/orders"), ("status", "200")) == 1 && s.Value(Theirs, ("endpoint", "/orders")) == 1);
        Assert.DoesNotContain("code", Assert.Single(scrape.All(Duration, ("endpoint", "/orders"))).Labels.Keys);
        Assert.All(scrape.All("http_requests_in_progress"), series => Assert.DoesNotContain("endpoint", series.Labels.Keys));
        AssertOursBesideTheirOwn(scrape);
        var warning = await app.SaysAsync("Left out of prometheus-net's static registry");
        Assert.Contains("http_request_duration_seconds", warning, StringComparison.Ordinal);
        Assert.Contains("http_requests_in_progress", warning, StringComparison.Ordinal);
    }

    private async Task AfterAsync(string assembly)
    {
        await using var app = await StartAsync(assembly);
        var scrape = await Scrape.UntilAsync(app.Client, s => s.Value(Mine, ("endpoint", "/orders"), ("status", "200")) == 1);
        Assert.Empty(scrape.All(Theirs));
        AssertOursBesideTheirOwn(scrape);
        Assert.DoesNotContain("Left out of prometheus-net", app.Output, StringComparison.Ordinal);
    }

    /// <summary>"Its default adapters are switched off, so the process and runtime metrics of prometheus-net are gone, and ours are there."</summary>
    private static void AssertOursBesideTheirOwn(Scrape scrape)
    {
        Assert.Equal(1, scrape.Value("shop_orders_total"));
        Assert.Single(scrape.All("process_start_time_seconds"));
        Assert.Empty(scrape.All("process_num_threads"));
        Assert.Empty(scrape.All("dotnet_collection_count_total"));
        Assert.NotNull(scrape.Value("process_threads"));
        Assert.NotEmpty(scrape.All("dotnet_gc_collections_total"));
    }

    /// <summary>And one order.</summary>
    private async Task<RunningProgram> StartAsync(string assembly, params (string Key, string Value)[] settings)
    {
        var app = await RunningProgram.StartAsync(assembly, library.Folder, settings.ToDictionary(setting => $"CoLink__Observability__{setting.Key}", setting => (string?)setting.Value));
        (await app.Client.PostAsync("/orders", null)).EnsureSuccessStatusCode();
        return app;
    }
}
