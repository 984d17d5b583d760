using System.Diagnostics;
using CoLink.Observability.Business;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing;

/// <summary>One service and its collector.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ExportTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_span_arrives_once_with_what_it_is(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await TracedApp.StartAsync(collector, grpc))
        {
            await app.HelloAsync(50);
            await app.ScrapeUntilAsync(scrape => scrape.Spans("exported") >= 50);
            Assert.Equal(0, (await app.ScrapeAsync()).Spans("failed") + (await app.ScrapeAsync()).Spans("dropped"));
        }

        var servers = collector.Servers();
        Assert.Equal(50, servers.Length);
        Assert.Equal(collector.Spans.Count, collector.Spans.Select(span => span.SpanId).Distinct().Count());
        Assert.All(servers, span =>
        {
            Assert.Equal("GET /hello/{name}", span.Name);
            Assert.Equal("/hello/{name}", span["http.route"]);
            Assert.Equal(200L, span["http.response.status_code"]);
            Assert.Equal("Microsoft.AspNetCore", span.Source);
        });
        Assert.All(collector.Exports, export => Assert.Equal(grpc, export.IsGrpc));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_call_of_another_service_is_a_span_of_the_same_trace_and_the_other_service_is_told(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        string? told = null;
        await using (var app = await TracedApp.StartAsync(collector, grpc, app: a =>
        {
            a.MapGet("/told", (Microsoft.AspNetCore.Http.HttpRequest request) => told = $"{request.Headers.TraceParent} {request.Headers["baggage"]}");
            a.MapGet("/call", async () =>
            {
                using var client = new HttpClient { BaseAddress = new Uri(a.Urls.First()) };
                await client.GetStringAsync("/told");
            });
        }))
        {
            (await app.GetAsync("/call", TracedApp.Parent(sampled: true), "tenant=blue")).EnsureSuccessStatusCode();
        }

        var called = Assert.Single(collector.Servers(), span => span.Name == "GET /told");
        var client = Assert.Single(collector.Spans, span => span.Kind == ReceivedSpan.Client && span.SpanId == called.ParentId);
        var call = Assert.Single(collector.Servers(), span => span.SpanId == client.ParentId);
        Assert.Equal(call.TraceId, called.TraceId);
        Assert.Equal($"00-{called.TraceId}-{client.SpanId}-01 tenant=blue", told);
    }

    [Fact]
    public async Task The_resource_is_the_service_and_what_the_app_adds()
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await TracedApp.StartAsync(
            collector,
            settings: new() { ["OTEL_RESOURCE_ATTRIBUTES"] = "service.namespace=shop,deployment.environment.name=blue" },
            builder: b => b.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("other").AddAttributes([new("team", "payments")])),
            options: o =>
            {
                o.ServiceName = "users";
                o.Version = "1.2.3";
                o.Instance = "users-7";
            }))
        {
            await app.HelloAsync();
        }

        var resource = collector.Servers()[0].Resource;
        Assert.Equal("users", resource["service.name"]);
        Assert.Equal("shop", resource["service.namespace"]);
        Assert.Equal("1.2.3", resource["service.version"]);
        Assert.Equal("users-7", resource["service.instance.id"]);
        Assert.Equal("blue", resource["deployment.environment.name"]);
        Assert.Equal("payments", resource["team"]);
        Assert.Equal("opentelemetry", resource["telemetry.sdk.name"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Headers_and_compression_are_what_the_section_says(bool grpc)
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await TracedApp.StartAsync(collector, grpc, new()
        {
            ["CoLink:Observability:Tracing:Otlp:Headers"] = "authorization=Bearer%20t%2Cken, x-scope-orgid=blue",
            ["CoLink:Observability:Tracing:Otlp:Compression"] = "gzip",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-of-the-variable=1",
        }))
        {
            await app.HelloAsync(100);
        }

        Assert.Equal(100, collector.Servers().Length);
        var export = collector.Exports.MaxBy(one => one.Bytes)!;
        Assert.Equal("Bearer t,ken", export.Headers["authorization"]);
        Assert.Equal("blue", export.Headers["x-scope-orgid"]);
        Assert.DoesNotContain("x-of-the-variable", export.Headers.Keys);
        Assert.StartsWith("CoLink.Observability/", export.Headers["user-agent"]);
        Assert.True(export.BytesOnTheWire < export.Bytes / 2, $"{export.BytesOnTheWire} of {export.Bytes}");
    }

    [Fact]
    public async Task Where_the_section_is_silent_the_variables_say()
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await TracedApp.StartAsync(settings: new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Http.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-scope-orgid=blue",
            ["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip",
        }))
        {
            Assert.Contains($"traces: {collector.Http}v1/traces (HttpProtobuf), every trace", app.StartLine(), StringComparison.Ordinal);
            await app.HelloAsync();
        }

        Assert.Single(collector.Servers());
        Assert.All(collector.Exports, export => Assert.Equal("blue", export.Headers["x-scope-orgid"]));
        Assert.All(collector.Exports, export => Assert.Equal("gzip", export.Headers["content-encoding"]));
    }

    [Fact]
    public async Task A_worker_exports_what_it_does()
    {
        await using var collector = await StubCollector.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(collector.Settings());
        builder.AddCoLinkObservability(options => options.Metrics.Port = FreePort.Next());
        using (var host = builder.Build())
        {
            await host.StartAsync();
            using (var operation = host.Services.GetRequiredService<Operations>().Start("nightly_report"))
                operation.Complete();
            await host.StopAsync();
        }

        var span = Assert.Single(collector.Spans);
        Assert.Equal("nightly_report", span.Name);
        Assert.Equal("CoLink.Observability", span.Source);
    }

    [Fact]
    public async Task Further_sources_are_heard_by_name_and_by_wildcard_and_others_are_not()
    {
        await using var collector = await StubCollector.StartAsync();
        using ActivitySource one = new("MyService.Jobs"), two = new("MyService.Imports.Csv"), other = new("Other");
        await using (var app = await TracedApp.StartAsync(collector, settings: new() { ["CoLink:Observability:Tracing:Sources"] = "MyService.Jobs,MyService.Imports.*" }))
        {
            foreach (var source in (ActivitySource[])[one, two, other])
                source.StartActivity("work")?.Dispose();
        }

        Assert.Equal(["MyService.Imports.Csv", "MyService.Jobs"], collector.Spans.Select(span => span.Source).Order());
    }

    [Theory]
    [InlineData("CoLink:Observability:Tracing:Enabled", "false", "traces: off;")]
    [InlineData("OTEL_SDK_DISABLED", "true", "traces: off by OTEL_SDK_DISABLED;")]
    [InlineData("CoLink:Observability:Tracing:Otlp:Endpoint", "", "traces: not exported: there is no Tracing:Otlp:Endpoint;")]
    public async Task Off_there_is_no_provider_and_no_listener_and_ids_are_passed_on_all_the_same(string key, string value, string line)
    {
        await using var collector = await StubCollector.StartAsync();
        await using var app = await TracedApp.StartAsync(collector, settings: new() { [key] = value }, options: o => o.Database.Enabled = false);
        using var source = new ActivitySource("CoLink.Observability.Anything");

        var parent = TracedApp.Parent(sampled: true);
        using var answer = await app.GetAsync("/id", parent);

        Assert.False(app.IsTraced());
        Assert.False(source.HasListeners());
        Assert.False(app.Services.GetService<ActivitySource>()!.HasListeners());
        Assert.StartsWith(parent[..36], await answer.Content.ReadAsStringAsync());
        Assert.Contains(line, app.StartLine(), StringComparison.Ordinal);
        Assert.DoesNotContain(TracedApp.SpansTotal, (await app.ScrapeAsync()).Text);
        Assert.Empty(collector.Exports);
    }

    [Fact]
    public async Task Without_an_endpoint_an_apps_own_provider_has_the_sources_and_no_exporter_of_ours()
    {
        var spans = new List<Activity>();
        await using (var app = await TracedApp.StartAsync(builder: b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddInMemoryExporter(spans))))
        {
            await app.HelloAsync();
            Assert.Contains("traces: made, and not exported;", app.StartLine(), StringComparison.Ordinal);
            Assert.DoesNotContain(TracedApp.SpansTotal, (await app.ScrapeAsync()).Text);
        }

        Assert.Single(spans, span => span.Kind == ActivityKind.Server);
    }

    [Fact]
    public async Task Every_span_of_a_host_that_stops_at_once_has_arrived()
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await TracedApp.StartAsync(collector, settings: new() { ["OTEL_BSP_SCHEDULE_DELAY"] = "60000" }))
            await app.HelloAsync(20);

        Assert.Equal(20, collector.Servers().Length);
    }
}
