using System.Text.RegularExpressions;
using CoLink.Observability.Integration.Documents;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>A service with the ServiceDefaults project of Aspire's template goes the way of docs/migration.md: beside, after. Before is what CoexistenceTests compare with.</summary>
[Collection(nameof(PackedLibrary))]
public sealed partial class FromServiceDefaultsTests(PackedLibrary library)
{
    private const string Extensions = "Extensions.cs";

    private static readonly string[] OpenTelemetry =
    [
        "OpenTelemetry.Exporter.OpenTelemetryProtocol", "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Instrumentation.AspNetCore",
        "OpenTelemetry.Instrumentation.Http", "OpenTelemetry.Instrumentation.Runtime",
    ];

    [Fact]
    public async Task A_service_with_ServiceDefaults_is_upgraded_as_the_guide_says()
    {
        var defaults = FreshProject.Library(library, "Upgraded.ServiceDefaults", "Microsoft.NET.Sdk");
        await defaults.ReplaceAsync("</Project>", "<ItemGroup><FrameworkReference Include=\"Microsoft.AspNetCore.App\" /></ItemGroup>\n</Project>", $"{defaults.Name}.csproj");
        // Polly in the versions that this repository restores, so that no other is downloaded.
        await defaults.ReferenceAsync([.. OpenTelemetry, "Microsoft.Extensions.Http.Resilience", "Microsoft.Extensions.ServiceDiscovery", "Polly.Extensions", "Polly.RateLimiting"]);
        await defaults.WriteAsync(Extensions, Template());
        var service = await FreshProject.NewAsync(library, "web", "Upgraded.aspire");
        await service.ReferenceAsync(defaults);
        await service.ReplaceAsync("WebApplication.CreateBuilder(args);", "WebApplication.CreateBuilder(args);\nbuilder.AddServiceDefaults();");
        await service.ReplaceAsync("builder.Build();", "builder.Build();\napp.MapDefaultEndpoints();");

        await defaults.AddLibraryAsync();
        await defaults.ReplaceAsync("builder.ConfigureOpenTelemetry();", "builder.ConfigureOpenTelemetry();\nbuilder.AddCoLinkObservability();", Extensions);
        await BesideAsync(await service.BuildAsync(restore: true));

        var upgraded = Blocks.With("AddServiceDiscovery", "docs/migration.md", "csharp");
        await defaults.WriteAsync(Extensions, AddServiceDefaults().Replace(ConfigureOpenTelemetry().Replace(Template(), ""), upgraded.Replace("$", "$$", StringComparison.Ordinal)));
        await defaults.ReplaceAsync("using OpenTelemetry;\nusing OpenTelemetry.Metrics;\nusing OpenTelemetry.Trace;\n", "", Extensions);
        foreach (var package in OpenTelemetry)
            await defaults.ReplaceAsync($"<PackageReference Include=\"{package}\"", $"<PackageReference Remove=\"{package}\"", $"{defaults.Name}.csproj");
        await AfterAsync(await service.BuildAsync(restore: true));
    }

    /// <summary>"Nothing has to be removed: … the exporter of the template goes on exporting", and ours adds none.</summary>
    private async Task BesideAsync(string assembly)
    {
        await using var collector = await StubCollector.StartAsync();
        await using var app = await StartAsync(assembly, collector);
        await CountedOnceAsync(app);
        await Scrape.UntilAsync(app.Client, s => s.Sum("http_requests_total", ("endpoint", "/alive"), ("status", "200")) == 1);
        await app.SaysAsync("traces: exported by the app");
        await OneSpanAsync(collector, "GET /");
        await Wait.ForAsync(() => Task.FromResult(collector.OtherPaths.Contains("/v1/metrics") && collector.OtherPaths.Contains("/v1/logs") ? "" : null), () => "pushed metrics and logs");
    }

    /// <summary>The same variable is ours then; the two health endpoints are excluded.</summary>
    private async Task AfterAsync(string assembly)
    {
        await using var collector = await StubCollector.StartAsync();
        await using var app = await StartAsync(assembly, collector);
        var scrape = await CountedOnceAsync(app);
        Assert.Equal(0, scrape.Sum("http_requests_total", ("endpoint", "/alive")));
        await app.SaysAsync($"traces: {collector.Http.GetLeftPart(UriPartial.Authority)}");
        await OneSpanAsync(collector, "GET /");
        Assert.Empty(collector.OtherPaths);
    }

    /// <summary>One request, and one of each health endpoint.</summary>
    private async Task<RunningProgram> StartAsync(string assembly, StubCollector collector)
    {
        var app = await RunningProgram.StartAsync(assembly, library.Folder, new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Http.GetLeftPart(UriPartial.Authority),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "50",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
        });
        Assert.Equal("Hello World!", await app.Client.GetStringAsync("/"));
        Assert.Equal("Healthy", await app.Client.GetStringAsync("/health"));
        Assert.Equal("Healthy", await app.Client.GetStringAsync("/alive"));
        return app;
    }

    private static async Task<Scrape> CountedOnceAsync(RunningProgram app)
    {
        var scrape = await Scrape.UntilAsync(app.Client, s => s.Value("http_requests_total", ("endpoint", "/"), ("status", "200")) == 1);
        Assert.Equal(1, scrape.Value("http_request_duration_seconds_count", ("endpoint", "/")));
        Assert.Equal(0, scrape.Sum("http_requests_total", ("endpoint", "/health")));
        return scrape;
    }

    private static async Task OneSpanAsync(StubCollector collector, string name)
    {
        await Wait.ForAsync(() => Task.FromResult(collector.Spans.Any(span => span.Name == name) ? "" : null), () => $"the span {name}");
        Assert.Single(collector.Spans, span => span.Kind == ReceivedSpan.Server && span.Name == name);
    }

    /// <summary>The file that the other tests stand beside, as a project of its own has it.</summary>
    private static string Template() => File.ReadAllText(Path.Combine(Golden.Root, "tests", "CoLink.Observability.Tests", "Hosting", "ServiceDefaults.cs")).ReplaceLineEndings("\n")
        .Replace("internal static class", "public static class", StringComparison.Ordinal)
        .Replace("namespace CoLink.Observability.Tests.Hosting;", "namespace Microsoft.Extensions.Hosting;", StringComparison.Ordinal);

    [GeneratedRegex(@"    public static TBuilder AddServiceDefaults.*?^    }\n", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex AddServiceDefaults();

    [GeneratedRegex(@"    private static TBuilder ConfigureOpenTelemetry.*?^    }\n\n", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ConfigureOpenTelemetry();
}
