using System.Diagnostics;
using CoLink.Observability.Tests.Support;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Database;

/// <summary>What OpenTelemetry exports is what it would export without us.</summary>
[Collection(nameof(ProcessWide))]
public sealed class SamplingTests
{
    private static readonly Sampler[] Samplers =
        [new AlwaysOffSampler(), new ParentBasedSampler(new TraceIdRatioBasedSampler(0)), new AlwaysOnSampler(), new ParentBasedSampler(new AlwaysOnSampler()), new NoDatabaseSpans()];

    /// <summary>Sampler, whether the app exports Npgsql's spans, whether inside a span of its own, whether we count operations.</summary>
    public static TheoryData<int, bool, bool, bool> Cases { get; } =
    [
        .. from sampler in Enumerable.Range(0, Samplers.Length)
           from exports in (bool[])[true, false]
           from inside in (bool[])[true, false]
           from operations in (bool[])[true, false]
           select (sampler, exports, inside, operations),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_many_spans_are_exported_as_without_us_and_none_twice(int sampler, bool exports, bool inside, bool operations)
    {
        var without = Export(Samplers[sampler], exports, inside);

        using var databases = new ObservedDatabases(operations);
        var with = Export(Samplers[sampler], exports, inside);

        Assert.Equal(without.Select(span => (span.OperationName, span.Recorded)), with.Select(span => (span.OperationName, span.Recorded)));
        Assert.Equal(with.Count, with.Select(span => span.SpanId).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Whatever_is_sampled_each_command_is_counted(int sampler)
    {
        using var databases = new ObservedDatabases();

        Export(Samplers[sampler], exports: true, inside: true);

        Assert.Equal(3, (await databases.ScrapeAsync()).Value("db_query_duration_seconds_count", ("operation", "select")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exemplar_leads_to_the_trace_that_is_exported_and_to_the_span_where_it_is(bool exports)
    {
        using var databases = new ObservedDatabases();

        var spans = Export(new AlwaysOnSampler(), exports, inside: true, commands: 1);
        var text = await databases.Registry.TextAsync(openMetrics: true);

        var span = exports ? spans.Single(one => one.OperationName == "postgresql") : spans.Single(one => one.OperationName == "request");
        Assert.Contains($"trace_id=\"{span.TraceId}\"", text, StringComparison.Ordinal);
        Assert.Contains($"span_id=\"{span.SpanId}\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_sampled_makes_no_exemplar()
    {
        using var databases = new ObservedDatabases();

        Export(new AlwaysOffSampler(), exports: true, inside: true);

        Assert.DoesNotContain("trace_id", await databases.Registry.TextAsync(openMetrics: true), StringComparison.Ordinal);
    }

    private static List<Activity> Export(Sampler sampler, bool exports, bool inside, int commands = 3)
    {
        var exported = new List<Activity>();
        using var app = new ActivitySource("app");
        using var npgsql = new FakeNpgsql();
        var builder = Sdk.CreateTracerProviderBuilder().AddSource("app").SetSampler(sampler).AddInMemoryExporter(exported);
        if (exports)
            builder.AddSource("Npgsql");
        using (builder.Build())
        {
            using var request = inside ? app.StartActivity("request") : null;
            npgsql.Connect("orders");
            for (var i = 0; i < commands; i++)
                npgsql.Run("SELECT 1");
        }

        return exported;
    }

    private sealed class NoDatabaseSpans : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.Name is "postgresql" or "CONNECT orders" ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}
