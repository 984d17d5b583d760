using System.Diagnostics;
using CoLink.Observability.Tests.Support;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Database;

/// <summary>What OpenTelemetry exports is what it would export without us, whichever driver we listen to.</summary>
[Collection(nameof(ProcessWide))]
public sealed class SamplingTests
{
    private static readonly Driver[] Drivers =
    [
        new("Npgsql", "postgresql", "select", commands =>
        {
            using var npgsql = new FakeNpgsql();
            npgsql.Connect("orders");
            for (var i = 0; i < commands; i++)
                npgsql.Run("SELECT 1");
        }),
        new("MongoDB.Driver", "find orders", "find", commands =>
        {
            using var driver = new FakeMongoDb();
            for (var i = 0; i < commands; i++)
                driver.Run("find", "orders");
        }),
        new("Microsoft.Data.SqlClient", null, "select", commands =>
        {
            using var client = new FakeSqlClient();
            for (var i = 0; i < commands; i++)
                client.Run("SELECT 1");
        }),
    ];

    private static readonly Sampler[] Samplers =
        [new AlwaysOffSampler(), new ParentBasedSampler(new TraceIdRatioBasedSampler(0)), new AlwaysOnSampler(), new ParentBasedSampler(new AlwaysOnSampler()), new NoDatabaseSpans()];

    /// <summary>Driver, sampler, whether the app exports the driver's spans, whether inside a span of its own, whether we count operations.</summary>
    public static TheoryData<int, int, bool, bool, bool> Cases { get; } =
    [
        .. from driver in Enumerable.Range(0, Drivers.Length)
           from sampler in Enumerable.Range(0, Samplers.Length)
           from exports in (bool[])[true, false]
           from inside in (bool[])[true, false]
           from operations in (bool[])[true, false]
           select (driver, sampler, exports, inside, operations),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void As_many_spans_are_exported_as_without_us_and_none_twice(int driver, int sampler, bool exports, bool inside, bool operations)
    {
        var without = Export(Drivers[driver], Samplers[sampler], exports, inside);

        using var databases = new ObservedDatabases(operations);
        var with = Export(Drivers[driver], Samplers[sampler], exports, inside);

        Assert.Equal(without.Select(span => (span.OperationName, span.Recorded)), with.Select(span => (span.OperationName, span.Recorded)));
        Assert.Equal(with.Count, with.Select(span => span.SpanId).Distinct().Count());
    }

    public static TheoryData<int, int> DriversAndSamplers { get; } =
        [.. from driver in Enumerable.Range(0, Drivers.Length) from sampler in Enumerable.Range(0, Samplers.Length) select (driver, sampler)];

    [Theory]
    [MemberData(nameof(DriversAndSamplers))]
    public async Task Whatever_is_sampled_each_command_is_counted(int driver, int sampler)
    {
        using var databases = new ObservedDatabases();

        Export(Drivers[driver], Samplers[sampler], exports: true, inside: true);

        Assert.Equal(3, (await databases.ScrapeAsync()).Value("db_query_duration_seconds_count", ("operation", Drivers[driver].Operation)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task An_exemplar_leads_to_the_trace_that_is_exported_and_to_the_span_where_it_is(int driver, bool exports)
    {
        using var databases = new ObservedDatabases();

        var spans = Export(Drivers[driver], new AlwaysOnSampler(), exports, inside: true, commands: 1);
        var text = await databases.Registry.TextAsync(openMetrics: true);

        var name = exports && Drivers[driver].Span is { } own ? own : "request";
        var span = spans.Single(one => one.OperationName == name);
        Assert.Contains($"trace_id=\"{span.TraceId}\"", text, StringComparison.Ordinal);
        Assert.Contains($"span_id=\"{span.SpanId}\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_is_not_sampled_makes_no_exemplar(int driver)
    {
        using var databases = new ObservedDatabases();

        Export(Drivers[driver], new AlwaysOffSampler(), exports: true, inside: true);

        Assert.DoesNotContain("trace_id", await databases.Registry.TextAsync(openMetrics: true), StringComparison.Ordinal);
    }

    private static List<Activity> Export(Driver driver, Sampler sampler, bool exports, bool inside, int commands = 3)
    {
        var exported = new List<Activity>();
        using var app = new ActivitySource("app");
        var builder = Sdk.CreateTracerProviderBuilder().AddSource("app").SetSampler(sampler).AddInMemoryExporter(exported);
        if (exports)
            builder.AddSource(driver.Source);
        using (builder.Build())
        {
            using var request = inside ? app.StartActivity("request") : null;
            driver.Use(commands);
        }

        return exported;
    }

    /// <param name="Source">Its activities' source.</param>
    /// <param name="Span">What it calls a command's span; null where it has none.</param>
    /// <param name="Operation">What it executes, as the label says.</param>
    /// <param name="Use">Executes so many commands.</param>
    private sealed record Driver(string Source, string? Span, string Operation, Action<int> Use);

    private sealed class NoDatabaseSpans : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.Name is "postgresql" or "CONNECT orders" or "find orders" ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}
