using System.Diagnostics;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Hosting;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using CoLink.Observability.Tracing;
using CoLink.Observability.Tracing.AppExport;
using CoLink.Observability.Tracing.Redaction;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing.AppExport;

/// <summary>Beside an app that exports its traces itself, a span arrives exactly once.</summary>
[Collection(nameof(ProcessWide))]
public sealed class AppExporterTests
{
    private static readonly Dictionary<string, Action<WebApplicationBuilder>> Exporting = new()
    {
        ["ServiceDefaults"] = b => b.AddServiceDefaults(),
        ["UseOtlpExporter"] = b => b.Services.AddOpenTelemetry().WithTracing().UseOtlpExporter(),
        ["AddOtlpExporter"] = b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddOtlpExporter()),
        ["AddOtlpExporter by name"] = b =>
        {
            b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddOtlpExporter("mine", _ => { }));
            b.Logging.AddOpenTelemetry(logging => logging.AddOtlpExporter("mine", _ => { }));
        },
        ["AddOtlpExporter, simple"] = b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddOtlpExporter(options => options.ExportProcessorType = ExportProcessorType.Simple)),
        ["its own processor around its own exporter"] = b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(
            services => new Outer(new BatchActivityExportProcessor(new Inner(b.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]!))))),
        ["a processor of several"] = b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(
            services => new CompositeProcessor<Activity>([new Outer(null), new BatchActivityExportProcessor(new Inner(b.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]!))]))),
    };

    private static readonly Dictionary<string, Action<WebApplicationBuilder>> NotExporting = new()
    {
        ["nothing"] = _ => { },
        ["its own provider"] = b => b.Services.AddOpenTelemetry().WithTracing(),
        ["InMemory"] = b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddInMemoryExporter([])),
        ["a processor of its own"] = b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new Outer(null))),
        ["AddOtlpExporter for logs and metrics"] = b =>
        {
            b.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddOtlpExporter());
            b.Logging.AddOpenTelemetry(logging => logging.AddOtlpExporter());
        },
    };

    public static TheoryData<string, bool> Cases { get; } =
        [.. from name in Exporting.Keys from before in (bool[])[true, false] select (name, before)];

    public static TheoryData<string, bool> OtherCases { get; } =
        [.. from name in NotExporting.Keys from before in (bool[])[true, false] select (name, before)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Where_the_app_exports_them_itself_no_exporter_of_ours_is_added(string name, bool before)
    {
        var (spans, line, _) = await ServeAsync(Exporting[name], before);

        Assert.Equal(10, spans.Count);
        Assert.Contains("traces: exported by the app;", line, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OtherCases))]
    public async Task Where_it_does_not_the_variable_is_ours(string name, bool before)
    {
        var (spans, line, warned) = await ServeAsync(NotExporting[name], before);

        Assert.Equal(10, spans.Count);
        Assert.Contains("(HttpProtobuf), every trace;", line, StringComparison.Ordinal);
        Assert.False(warned);
    }

    [Theory]
    [InlineData("UseOtlpExporter")]
    [InlineData("AddOtlpExporter")]
    public async Task An_endpoint_of_the_section_adds_an_export_and_a_warning_says_what_that_means(string name)
    {
        await using var second = await StubCollector.StartAsync();
        var (spans, line, warned) = await ServeAsync(Exporting[name], before: true, new() { ["CoLink:Observability:Tracing:Otlp:Endpoint"] = second.Http.GetLeftPart(UriPartial.Authority) });

        Assert.Equal(10, spans.Count);
        Assert.Equal(10, Hellos(second).Count);
        Assert.Contains($"traces: {second.Http}v1/traces (HttpProtobuf)", line, StringComparison.Ordinal);
        Assert.True(warned);
    }

    [Fact]
    public async Task Beside_an_exporter_to_elsewhere_ours_exports()
    {
        var (spans, _, _) = await ServeAsync(
            b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new BatchActivityExportProcessor(new Elsewhere()))), before: true);

        Assert.Equal(10, spans.Count);
    }

    [Fact]
    public async Task The_variable_that_names_no_otlp_exporter_takes_the_endpoint_away()
    {
        var (spans, line, _) = await ServeAsync(_ => { }, before: true, new() { ["OTEL_TRACES_EXPORTER"] = "none" });

        Assert.Empty(spans);
        Assert.Contains("traces: not exported", line, StringComparison.Ordinal);
    }

    /// <summary>A version of OpenTelemetry that shows no processors.</summary>
    [Theory]
    [InlineData("UseOtlpExporter", true)]
    [InlineData("AddOtlpExporter", true)]
    [InlineData("InMemory", false)]
    [InlineData("AddOtlpExporter for logs and metrics", false)]
    public async Task Where_the_processors_cannot_be_seen_the_options_that_are_made_tell(string name, bool isExported)
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await RunningApp.StartAsync(
            a => a.MapGet("/hello/{name}", (string name) => name),
            b =>
            {
                b.AddCoLinkObservability();
                b.Services.AddSingleton(services => new TracingObserver(
                    new TracingOptions(), new TracedService("a", "b", "c", "d", "e"), new Variables(b.Configuration), services.GetRequiredService<SpanRedaction>(),
                    services.GetRequiredService<MetricRegistry>(), TimeProvider.System, services.GetRequiredService<ILogger<TracingObserver>>())
                { Exporters = _ => null });
                (Exporting.GetValueOrDefault(name) ?? NotExporting[name])(b);
            },
            settings: new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Http.ToString(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" }))
        {
            await app.HelloAsync(10);
            Assert.Equal(isExported, app.StartLine().Contains("traces: exported by the app;", StringComparison.Ordinal));
            Assert.Single(app.Logs.Of(186));
        }

        Assert.Equal(10, Hellos(collector).Count);
    }

    /// <summary>Native code shows no fields but those that are kept by name.</summary>
    [Theory]
    [InlineData("AddOtlpExporter", true)]
    [InlineData("AddOtlpExporter, simple", true)]
    [InlineData("InMemory", false)]
    [InlineData("its own provider", false)]
    [InlineData("a processor of its own", null)]
    [InlineData("a processor of several of its own", null)]
    [InlineData("an exporter of its own", null)]
    public void Where_fields_are_not_shown_what_the_apps_own_processors_hold_is_unknown(string name, bool? areSeen)
    {
        var hidden = new Dictionary<string, Action<WebApplicationBuilder>>(Exporting.Concat(NotExporting))
        {
            ["a processor of several of its own"] = b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new CompositeProcessor<Activity>([new Outer(null)]))),
            ["an exporter of its own"] = b => b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new BatchActivityExportProcessor(new Elsewhere()))),
        };
        var builder = WebApplication.CreateSlimBuilder();
        hidden[name](builder);
        var found = new List<bool?>();
        builder.Services.ConfigureOpenTelemetryTracerProvider((_, tracing) => found.Add(OtlpExporters.AreIn(tracing, showsFields: false)));
        using var app = builder.Build();
        _ = app.Services.GetRequiredService<TracerProvider>();

        Assert.Equal([areSeen], found);
    }

    [Fact]
    public void Nothing_is_seen_in_a_builder_of_another_kind() => Assert.Null(OtlpExporters.AreIn(new OtherBuilder()));

    private static async Task<(IReadOnlyList<ReceivedSpan> Spans, string Line, bool Warned)> ServeAsync(
        Action<WebApplicationBuilder> builder, bool before, Dictionary<string, string?>? settings = null)
    {
        await using var collector = await StubCollector.StartAsync();
        string line;
        bool warned;
        await using (var app = await RunningApp.StartAsync(
            a => a.MapGet("/hello/{name}", (string name) => name),
            b =>
            {
                if (!before)
                    b.AddCoLinkObservability();
                builder(b);
            },
            settings: new Dictionary<string, string?>(settings ?? [])
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Http.ToString(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
            }))
        {
            await app.HelloAsync(10);
            (line, warned) = (app.StartLine(), app.Logs.Of(185).Any());
            Assert.Empty(app.Logs.Of(186));
        }

        return (Hellos(collector), line, warned);
    }

    private static List<ReceivedSpan> Hellos(StubCollector collector) => [.. collector.Servers().Where(span => span.Name == "GET /hello/{name}")];

    /// <summary>A processor that hands on to another, as one that filters does.</summary>
    private sealed class Outer(BaseProcessor<Activity>? inner) : BaseProcessor<Activity>
    {
        private readonly BaseProcessor<Activity>? _inner = inner;

        public override void OnEnd(Activity data) => _inner?.OnEnd(data);

        protected override bool OnShutdown(int timeoutMilliseconds) => _inner?.Shutdown(timeoutMilliseconds) ?? true;
    }

    /// <summary>An exporter that holds OpenTelemetry's.</summary>
    private sealed class Inner(string endpoint) : BaseExporter<Activity>
    {
        private readonly OtlpTraceExporter _exporter = new(new OtlpExporterOptions { Endpoint = new Uri(endpoint + "v1/traces"), Protocol = OtlpExportProtocol.HttpProtobuf });

        public override ExportResult Export(in Batch<Activity> batch) => _exporter.Export(batch);
    }

    private sealed class OtherBuilder : TracerProviderBuilder
    {
        public override TracerProviderBuilder AddInstrumentation<TInstrumentation>(Func<TInstrumentation> instrumentationFactory) => this;

        public override TracerProviderBuilder AddLegacySource(string operationName) => this;

        public override TracerProviderBuilder AddSource(params string[] names) => this;
    }

    private sealed class Elsewhere : BaseExporter<Activity>
    {
        public override ExportResult Export(in Batch<Activity> batch) => ExportResult.Success;
    }
}
