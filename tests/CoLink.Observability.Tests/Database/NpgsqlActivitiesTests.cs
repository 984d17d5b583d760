using System.Diagnostics;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database;

[Collection(nameof(ProcessWide))]
public sealed class NpgsqlActivitiesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_command_is_timed_by_its_operation_under_the_names_of_either_version(bool isVersion9)
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql(isVersion9);
        var activity = npgsql.Begin("SELECT 1")!;
        activity.SetEndTime(activity.StartTimeUtc.AddSeconds(2));
        activity.Dispose();

        npgsql.Run("my_procedure", "CALL");
        npgsql.Run("orders", "SELECT");
        npgsql.Run("INSERT INTO orders VALUES (1)");
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(2, scrape.Value("db_query_duration_seconds_count", ("system", "postgresql"), ("operation", "select")));
        Assert.Equal(1, scrape.Value("db_query_duration_seconds_count", ("operation", "insert")));
        Assert.Equal(1, scrape.Value("db_query_duration_seconds_count", ("operation", "procedure")));
        Assert.InRange(scrape.Value("db_query_duration_seconds_sum", ("operation", "select"))!.Value, 2, 2.5);
        Assert.Equal(0, scrape.Value("db_query_errors_total", ("operation", "select")));
        Assert.DoesNotContain(scrape.Samples.SelectMany(sample => sample.Labels.Values), value => value.Contains("orders", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_command_is_an_error_and_a_cancelled_one_is_not()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql();
        foreach (var error in (string[])["42P01", "System.TimeoutException", "System.OperationCanceledException"])
        {
            using var activity = npgsql.Begin("SELECT 1")!;
            activity.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        }

        var scrape = await databases.ScrapeAsync();

        Assert.Equal(3, scrape.Value("db_query_duration_seconds_count", ("operation", "select")));
        Assert.Equal(2, scrape.Value("db_query_errors_total", ("operation", "select")));
    }

    [Fact]
    public async Task Version_9_tells_an_error_and_a_cancellation_in_its_own_words()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql(isVersion9: true);
        foreach (var error in (string[])["Npgsql.PostgresException", "System.OperationCanceledException"])
        {
            using var activity = npgsql.Begin("SELECT 1")!;
            activity.AddEvent(new ActivityEvent("exception", tags: new ActivityTagsCollection { ["exception.type"] = error })).SetTag("otel.status_code", "ERROR");
        }

        var scrape = await databases.ScrapeAsync();

        Assert.Equal(2, scrape.Value("db_query_duration_seconds_count", ("operation", "select")));
        Assert.Equal(1, scrape.Value("db_query_errors_total", ("operation", "select")));
    }

    [Theory]
    [InlineData("28P01", null, "authentication")]
    [InlineData("3D000", null, "missing_database")]
    [InlineData("53300", null, "refused")]
    [InlineData("57P03", null, "refused")]
    [InlineData("System.Net.Sockets.SocketException", "Connection refused", "refused")]
    [InlineData("System.Net.Sockets.SocketException", "Connection timed out", "timeout")]
    [InlineData("System.TimeoutException", "The operation has timed out", "timeout")]
    [InlineData("System.IO.IOException", null, "other")]
    [InlineData("", null, "other")]
    public async Task A_connection_that_could_not_be_had_says_why(string errorType, string? description, string reason)
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql();

        npgsql.Connect("orders", errorType, description);
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("system", "postgresql"), ("database", "orders"), ("reason", reason)));
        Assert.Equal(1, scrape.Sum("db_connection_errors_total"));
    }

    [Fact]
    public async Task A_connection_says_that_its_errors_can_be_told_and_one_that_was_given_up_is_none()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql();

        npgsql.Connect("orders");
        npgsql.Connect("orders", "System.Threading.Tasks.TaskCanceledException");
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(6, scrape.All("db_connection_errors_total", ("database", "orders")).Count());
        Assert.Equal(0, scrape.Sum("db_connection_errors_total"));
        Assert.Equal(0, scrape.Sum("db_query_duration_seconds_count"));
    }

    [Fact]
    public async Task Without_operations_no_activity_of_a_command_exists_because_of_us_and_connections_are_told_still()
    {
        using var databases = new ObservedDatabases(operations: false);
        using var npgsql = new FakeNpgsql();

        Assert.Null(npgsql.Begin("SELECT 1"));
        npgsql.Connect("orders", "28P01");

        Assert.Equal(1, (await databases.ScrapeAsync()).Value("db_connection_errors_total", ("reason", "authentication")));
    }

    [Fact]
    public async Task What_is_no_command_and_no_connection_is_passed_over()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql();

        using (var unknown = npgsql.Start("something new")!)
            unknown.SetTag("colour", null).SetTag("db.query.text", 12).SetTag("db.operation.name", new object()).SetTag("error.type", 5);
        npgsql.Start("")!.Dispose();
        var scrape = await databases.ScrapeAsync();

        Assert.DoesNotContain(scrape.Samples, sample => sample.Name.StartsWith("db_", StringComparison.Ordinal));
        Assert.Equal(0, ObservedDatabases.Failures(scrape));
    }

    [Fact]
    public async Task Sources_of_other_names_are_not_listened_to()
    {
        using var databases = new ObservedDatabases();
        using var other = new ActivitySource("Npgsql.Something");

        Assert.False(other.HasListeners());
        Assert.Equal(0, (await databases.ScrapeAsync()).Value("colink_telemetry_source_active", ("source", "Npgsql")));
    }
}
