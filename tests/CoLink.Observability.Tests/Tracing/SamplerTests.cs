using System.Diagnostics;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using CoLink.Observability.Tracing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing;

[Collection(nameof(ProcessWide))]
public sealed class SamplerTests
{
    private const string Ratio = "CoLink:Observability:Tracing:SamplingRatio";

    /// <summary>The ratio of the section, the variable, its argument; whether a trace that begins here is kept, one whose caller kept it, one whose caller did not.</summary>
    public static TheoryData<string?, string?, string?, bool, bool, bool> Decisions { get; } = new()
    {
        { null, null, null, true, true, false },
        { "1", null, null, true, true, false },
        { "0", null, null, false, true, false },
        { "0", "always_on", null, false, true, false },
        { "1", "always_off", "0", true, true, false },
        { null, "always_on", null, true, true, true },
        { null, "always_off", null, false, false, false },
        { null, "traceidratio", "0", false, false, false },
        { null, "traceidratio", "1", true, true, true },
        { null, "traceidratio", null, true, true, true },
        { null, "parentbased_always_on", null, true, true, false },
        { null, "parentbased_always_off", null, false, true, false },
        { null, "parentbased_traceidratio", "0", false, true, false },
        { null, "parentbased_traceidratio", "1.0", true, true, false },
        { "", "parentbased_always_off", null, false, true, false },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public async Task The_decision_is_the_sections_else_the_variables_and_a_callers_wins(string? ratio, string? sampler, string? argument, bool root, bool kept, bool dropped)
    {
        await using var collector = await StubCollector.StartAsync();
        string[] traces = [.. Enumerable.Range(0, 3).Select(_ => ActivityTraceId.CreateRandom().ToString())];
        string rootId;
        await using (var app = await TracedApp.StartAsync(collector, settings: new() { [Ratio] = ratio, ["OTEL_TRACES_SAMPLER"] = sampler, ["OTEL_TRACES_SAMPLER_ARG"] = argument }))
        {
            using var plain = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = app.Address };
            rootId = await plain.GetStringAsync("/id");
            using var one = await app.GetAsync("/id", $"00-{traces[0]}-{ActivitySpanId.CreateRandom()}-01");
            using var two = await app.GetAsync("/id", $"00-{traces[1]}-{ActivitySpanId.CreateRandom()}-00");

            // What is passed on is what was decided.
            Assert.EndsWith(root ? "-01" : "-00", rootId);
            Assert.EndsWith(kept ? "-01" : "-00", await one.Content.ReadAsStringAsync());
            Assert.EndsWith(dropped ? "-01" : "-00", await two.Content.ReadAsStringAsync());
        }

        var exported = collector.Servers().Select(span => span.TraceId).ToHashSet();
        Assert.Equal(root, exported.Contains(rootId.Split('-')[1]));
        Assert.Equal(kept, exported.Contains(traces[0]));
        Assert.Equal(dropped, exported.Contains(traces[1]));
    }

    [Fact]
    public async Task The_apps_own_sampler_wins_wherever_it_is_set()
    {
        foreach (var before in (bool[])[true, false])
        {
            await using var collector = await StubCollector.StartAsync();
            await using (var app = await RunningApp.StartAsync(
                builder: b =>
                {
                    if (!before)
                        Microsoft.Extensions.Hosting.CoLinkObservabilityExtensions.AddCoLinkObservability(b);
                    b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.SetSampler(new AlwaysOffSampler()));
                },
                settings: collector.Settings()))
            {
                (await app.Client.GetAsync("/nowhere")).Dispose();
                Assert.Contains("as the app's sampler decides", app.StartLine(), StringComparison.Ordinal);
            }

            Assert.Empty(collector.Spans);
        }
    }

    [Theory]
    [InlineData("OTEL_TRACES_SAMPLER", "half", "OTEL_TRACES_SAMPLER is 'half', but allowed is one of always_on, always_off")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "10%", "OTEL_TRACES_SAMPLER_ARG is '10%', but allowed is a number from 0 to 1.")]
    [InlineData("OTEL_TRACES_SAMPLER_ARG", "2", "OTEL_TRACES_SAMPLER_ARG is '2', but allowed is a number from 0 to 1.")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317', but allowed is an address that starts with http:// or https://")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://u:p@c", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is 'http://(not shown)@c', but allowed is an address")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL is 'http/json', but allowed is grpc or http/protobuf.")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "OTEL_EXPORTER_OTLP_TIMEOUT is '10s', but allowed is a number of milliseconds from 100 to 300000.")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "OTEL_EXPORTER_OTLP_COMPRESSION is 'zstd', but allowed is none or gzip.")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "hush", "OTEL_EXPORTER_OTLP_HEADERS is a secret (not shown), but allowed is name=value pairs")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere.pem", "OTEL_EXPORTER_OTLP_CERTIFICATE is '/nowhere.pem', but allowed is the path of a readable PEM file")]
    public async Task An_invalid_variable_stops_the_host_where_it_is_needed(string name, string value, string message)
    {
        var settings = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1", ["OTEL_TRACES_SAMPLER"] = "traceidratio", [name] = value };
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => TracedApp.StartAsync(settings: settings));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);

        // Nobody needs it: the section says all.
        await using var app = await TracedApp.StartAsync(settings: new(settings)
        {
            [Ratio] = "1",
            ["CoLink:Observability:Tracing:Otlp:Endpoint"] = "http://127.0.0.1:1",
            ["CoLink:Observability:Tracing:Otlp:Protocol"] = "Grpc",
            ["CoLink:Observability:Tracing:Otlp:Headers"] = "a=b",
            ["CoLink:Observability:Tracing:Otlp:Timeout"] = "00:00:01",
            ["CoLink:Observability:Tracing:Otlp:Compression"] = "None",
            ["OTEL_EXPORTER_OTLP_CERTIFICATE"] = null,
        });
        Assert.True(app.IsTraced());
    }

    [Theory]
    [InlineData(1, "every trace")]
    [InlineData(0.25, "0.25 of the traces")]
    [InlineData(0, "no trace that begins here")]
    public void It_says_what_it_keeps(double ratio, string words) =>
        Assert.Equal(words, Sampling.Of(ratio, new Variables(new ConfigurationBuilder().Build())).Description);
}
