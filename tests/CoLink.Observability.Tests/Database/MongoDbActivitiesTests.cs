using System.Diagnostics;
using CoLink.Observability.Database;
using CoLink.Observability.Tests.Registry;
using CoLink.Observability.Tests.Support;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Database;

/// <summary>What the real driver never does on purpose, by activities made by hand; the rest is in the tests of the MongoDB package.</summary>
[Collection(nameof(ProcessWide))]
public sealed class MongoDbActivitiesTests : IDisposable
{
    private const string Selecting = "A timeout occurred after 30000ms selecting a server using X. Client view of cluster state is { HeartbeatException: ";

    private readonly TestRegistry _registry = TestRegistry.New(limit: 20);
    private readonly FakeMongoDb _driver = new();
    private readonly MongoDbActivities _activities;

    public MongoDbActivitiesTests()
    {
        _activities = new MongoDbActivities(new DatabaseMetrics(_registry.Metrics), _registry.Metrics, operations: true);
        _activities.Start();
    }

    public void Dispose()
    {
        _activities.Dispose();
        _driver.Dispose();
    }

    [Theory]
    [InlineData("System.TimeoutException", Selecting + "SocketException (111): Connection refused }", "refused")]
    [InlineData("System.TimeoutException", Selecting + "MongoDB.Driver.MongoAuthenticationException: no }", "authentication")]
    [InlineData("System.TimeoutException", Selecting + "}", "timeout")]
    [InlineData("System.TimeoutException", "Timed out waiting for a connection after 100ms.", "pool_exhausted")]
    [InlineData("MongoDB.Driver.MongoWaitQueueFullException", "The wait queue is full.", "pool_exhausted")]
    [InlineData("MongoDB.Driver.MongoAuthenticationException", "Unable to authenticate.", "authentication")]
    [InlineData("MongoDB.Driver.MongoConnectionException", "An exception occurred while opening a connection to the server.", "refused")]
    public async Task An_operation_that_got_no_connection_says_why_and_failed(string exception, string message, string reason)
    {
        Run("find", "shop", exception, message);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("system", "mongodb"), ("database", "shop"), ("reason", reason)));
        Assert.Equal(1, scrape.Sum("db_connection_errors_total"));
        Assert.Equal(1, scrape.Value("db_query_errors_total", ("system", "mongodb"), ("operation", "find")));
        Assert.DoesNotContain("Socket", scrape.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MongoDB.Driver.MongoConnectionException", "An exception occurred while receiving a message from the server.")]
    [InlineData("System.TimeoutException", "The operation has timed out.")]
    [InlineData(null, null)]
    public async Task One_that_had_its_connection_only_failed(string? exception, string? message)
    {
        Run("insert", "shop", exception, message, failed: true);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(0, scrape.Sum("db_connection_errors_total"));
        Assert.Equal(1, scrape.Value("db_query_errors_total", ("operation", "insert")));
    }

    [Theory]
    [InlineData("System.OperationCanceledException")]
    [InlineData("System.Threading.Tasks.TaskCanceledException")]
    public async Task One_that_its_caller_cancelled_is_timed_and_no_error(string exception)
    {
        Run("find", "shop", exception, "The operation was canceled.");

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("db_query_duration_seconds_count", ("operation", "find")));
        Assert.Equal(0, scrape.Value("db_query_errors_total", ("operation", "find")));
    }

    [Fact]
    public async Task Unknown_operations_are_commands_and_strange_tags_are_ignored()
    {
        Run("bulkWrite", null);
        Run("anything", "shop");
        using (var strange = _driver.BeginTagged("x", new("db.operation.name", 7), new("db.namespace", null)))
            strange?.SetTag("exception.type", 5);
        using (var command = _driver.BeginCommand("find"))
            Assert.Null(command);
        using (var bare = _driver.BeginTagged("transaction"))
            Assert.Null(bare);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(2, scrape.Value("db_query_duration_seconds_count", ("system", "mongodb"), ("operation", "command")));
        Assert.Equal(2, scrape.Sum("db_query_duration_seconds_count"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
    }

    [Fact]
    public async Task Thousands_of_databases_end_in_the_guard()
    {
        for (var i = 0; i < 5_000; i++)
            Run("find", $"tenant{i}");

        var scrape = await _registry.ScrapeAsync();
        Assert.InRange(scrape.All("db_connection_errors_total").Count(), 1, 26);
        Assert.Equal(5_000, scrape.Sum("db_query_duration_seconds_count"));
        Assert.True(scrape.Value("colink_telemetry_label_values_refused_total", ("metric", "db_connection_errors_total")) >= 0);
    }

    [Theory]
    [InlineData(SamplingDecision.Drop, 1)]
    [InlineData(SamplingDecision.RecordAndSample, 2)]
    public void What_OpenTelemetry_exports_is_its_samplers_choice_alone(SamplingDecision ofOperations, int exported)
    {
        using var requests = new ActivitySource("Requests");
        var spans = new List<Activity>();
        using (Sdk.CreateTracerProviderBuilder().AddSource("Requests", "MongoDB.Driver").SetSampler(new OperationSampler(ofOperations)).AddInMemoryExporter(spans).Build())
        {
            using var request = requests.StartActivity("request");
            Run("find", "shop");
        }

        Assert.Equal(exported, spans.Count);
    }

    [Fact]
    public void It_follows_its_parent_so_that_what_is_called_inside_stays_in_the_trace()
    {
        using var requests = new ActivitySource("Requests");
        using var sampler = new ActivityListener { ShouldListenTo = source => source == requests, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(sampler);
        using var request = requests.StartActivity("request");

        using var operation = _driver.Begin("find", "shop", null);

        Assert.Equal(request!.SpanId, operation!.ParentSpanId);
        Assert.Equal(request.Recorded, operation.Recorded);
        Assert.False(operation.IsAllDataRequested);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exemplar_leads_to_a_span_that_is_exported(bool exportsOperations)
    {
        using var requests = new ActivitySource("Requests");
        var spans = new List<Activity>();
        var builder = Sdk.CreateTracerProviderBuilder().AddSource("Requests").AddInMemoryExporter(spans);
        if (exportsOperations)
            builder.AddSource("MongoDB.Driver");
        using (builder.Build())
        {
            using var request = requests.StartActivity("request");
            Run("find", "shop");
        }

        var span = spans.Single(one => one.OperationName == (exportsOperations ? "find" : "request"));
        Assert.Contains($"span_id=\"{span.SpanId}\"", await _registry.TextAsync(openMetrics: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_operations_they_are_timed_as_other()
    {
        _activities.Dispose();
        var registry = TestRegistry.New();
        using var activities = new MongoDbActivities(new DatabaseMetrics(registry.Metrics), registry.Metrics, operations: false);
        activities.Start();

        Run("find", "shop");

        Assert.Equal(1, (await registry.ScrapeAsync()).Value("db_query_duration_seconds_count", ("system", "mongodb"), ("operation", "other")));
        Assert.Empty((await _registry.ScrapeAsync()).All("db_query_duration_seconds_count"));
    }

    private void Run(string operation, string? database, string? exception = null, string? message = null, bool failed = false)
    {
        using var activity = _driver.Begin(operation, database, null);
        Assert.NotNull(activity);
        if (exception is null && !failed)
            return;
        activity.SetTag("exception.type", exception);
        activity.SetTag("exception.message", message);
        activity.SetStatus(ActivityStatusCode.Error);
    }

    private sealed class OperationSampler(SamplingDecision ofOperations) : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.Name == "request" ? SamplingDecision.RecordAndSample : ofOperations);
    }
}
