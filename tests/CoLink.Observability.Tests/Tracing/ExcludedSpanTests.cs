using System.Diagnostics;
using CoLink.Observability.Tests.Hosting;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing;

/// <summary>The one list of paths that are not observed.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ExcludedSpanTests
{
    [Fact]
    public async Task An_excluded_path_makes_no_span_and_nothing_inside_it_does()
    {
        await using var collector = await StubCollector.StartAsync();
        using var jobs = new ActivitySource("MyService.Jobs");
        await using (var app = await TracedApp.StartAsync(
            collector,
            settings: new() { ["CoLink:Observability:Tracing:Sources"] = "MyService.Jobs" },
            app: a => a.MapGet("/health/ready", () =>
            {
                using var inside = jobs.StartActivity("ask the database");
                return Activity.Current?.Id;
            })))
        {
            var parent = TracedApp.Parent(sampled: true);
            using var answer = await app.GetAsync("/health/ready", parent);
            var id = await answer.Content.ReadAsStringAsync();
            (await app.GetAsync("/metrics", TracedApp.Parent(sampled: true))).Dispose();
            await app.HelloAsync();

            // Logs and other services are told the trace as ever, and that it is not kept from here on.
            Assert.StartsWith(parent[..36], id);
            Assert.EndsWith("-00", id);
        }

        Assert.Equal(["GET /hello/{name}"], collector.Servers().Select(span => span.Name));
        Assert.DoesNotContain(collector.Spans, span => span.Source == "MyService.Jobs");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_apps_own_filter_stays(bool before)
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await TracedApp.StartAsync(collector, builder: b =>
        {
            if (!before)
                Microsoft.Extensions.Hosting.CoLinkObservabilityExtensions.AddCoLinkObservability(b);
            b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddAspNetCoreInstrumentation(options =>
            {
                options.Filter = context => context.Request.Path != "/id";
                options.EnrichWithHttpResponse = (span, response) => span.SetTag("enriched", response.StatusCode);
            }));
        }))
        {
            foreach (var path in (string[])["/id", "/health", "/hello/world"])
                (await app.Client.GetAsync(path)).Dispose();
        }

        var span = Assert.Single(collector.Servers());
        Assert.Equal("GET /hello/{name}", span.Name);
        Assert.Equal(200L, span["enriched"]);
    }

    [Fact]
    public async Task The_list_holds_for_an_instrumentation_that_the_app_named()
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await TracedApp.StartAsync(
            collector, builder: b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddAspNetCoreInstrumentation("mine", null).AddHttpClientInstrumentation("mine", null))))
        {
            (await app.Client.GetAsync("/health")).Dispose();
            (await app.Client.GetAsync("/boom")).Dispose();
        }

        Assert.Single(Assert.Single(collector.Servers()).Events, one => one.Name == "exception");
    }
}
