using System.Data;
using System.Data.Common;
using System.Diagnostics;
using CoLink.Observability.Database;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Tests.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Database;

/// <summary>Events of the real client's shape, made by hand; connections of the real client are in the tests of SqlClient.</summary>
[Collection(nameof(ProcessWide))]
public sealed class SqlClientEventsTests : IDisposable
{
    private const string Named = "SqlClientDiagnosticListener";

    private static readonly (string, string) Mssql = ("system", "mssql");

    private readonly TestRegistry _registry = TestRegistry.New();
    private readonly FakeTimeProvider _time = new();
    private readonly SqlClientEvents _events;
    private readonly FakeSqlClient _client = new();

    public SqlClientEventsTests()
    {
        _events = new SqlClientEvents(new DatabaseMetrics(_registry.Metrics), new DatabaseSpans(isEnabled: false, recordSql: false, _registry.Metrics), _registry.Metrics, _time, operations: true);
        _events.Start();
    }

    public void Dispose()
    {
        _events.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task Errors_of_a_database_start_at_0_with_the_first_connection()
    {
        using var connection = new SqlConnection("Server=a;Database=shop");
        _client.Open(connection);

        var scrape = await _registry.ScrapeAsync();

        Assert.Equal(6, scrape.All("db_connection_errors_total", Mssql, ("database", "shop")).Count(sample => sample.Value == 0));
    }

    [Fact]
    public async Task Commands_are_timed_and_counted_by_their_operation()
    {
        using var select = new SqlCommand("/* x */ SELECT 1");
        using var procedure = new SqlCommand("p") { CommandType = CommandType.StoredProcedure };
        for (var i = 0; i < 3; i++)
        {
            _client.Begin(select);
            _time.Advance(TimeSpan.FromMilliseconds(20));
            _client.End(select);
        }

        _client.Begin(procedure);
        _client.Fail(procedure);

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(3, scrape.Value("db_query_duration_seconds_count", Mssql, ("operation", "select")));
        Assert.Equal(0.06, scrape.Value("db_query_duration_seconds_sum", Mssql, ("operation", "select"))!.Value, 6);
        Assert.Equal(0, scrape.Value("db_query_errors_total", Mssql, ("operation", "select")));
        Assert.Equal(1, scrape.Value("db_query_duration_seconds_count", Mssql, ("operation", "procedure")));
        Assert.Equal(1, scrape.Value("db_query_errors_total", Mssql, ("operation", "procedure")));
    }

    [Fact]
    public async Task A_command_that_its_caller_cancelled_is_timed_and_no_error()
    {
        foreach (var cancellation in (Exception[])[new TaskCanceledException(), new AggregateException(new OperationCanceledException())])
        {
            using var command = new SqlCommand("SELECT 1");
            _client.Begin(command);
            _client.Fail(command, cancellation);
        }

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(2, scrape.Value("db_query_duration_seconds_count", Mssql, ("operation", "select")));
        Assert.Equal(0, scrape.Value("db_query_errors_total", Mssql, ("operation", "select")));
    }

    [Fact]
    public async Task A_thousand_commands_over_16_threads_are_a_thousand()
    {
        string[] texts = ["SELECT 1", "INSERT INTO a VALUES (1)", "UPDATE a SET b = 1", "DELETE FROM a"];
        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(() =>
        {
            for (var i = thread; i < 1_000; i += 16)
            {
                using var command = new SqlCommand(texts[i % 4]);
                _client.Begin(command);
                if (i % 10 == 0)
                    _client.Fail(command);
                else
                    _client.End(command);
            }
        })));

        var scrape = await _registry.ScrapeAsync();
        foreach (var operation in (string[])["select", "insert", "update", "delete"])
            Assert.Equal(250, scrape.Value("db_query_duration_seconds_count", Mssql, ("operation", operation)));
        Assert.Equal(100, scrape.Sum("db_query_errors_total"));
    }

    [Theory]
    [InlineData(18456, "authentication")]
    [InlineData(4060, "missing_database")]
    [InlineData(-2, "timeout")]
    [InlineData(53, "refused")]
    [InlineData(1205, "other")]
    public async Task The_number_of_an_error_is_its_reason(int number, string reason)
    {
        Fail(new NumberedException(number));
        Fail(new AggregateException(new NumberedException(number)));

        Assert.Equal(2, (await _registry.ScrapeAsync()).Value("db_connection_errors_total", Mssql, ("reason", reason)));
    }

    [Fact]
    public async Task A_pool_that_gives_none_is_exhausted_but_a_missing_connection_string_is_a_defect()
    {
        Fail(new InvalidOperationException("Timeout expired."));
        using var without = new SqlConnection();
        _client.FailToOpen(without, new InvalidOperationException());

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("db_connection_errors_total", Mssql, ("database", "shop"), ("reason", "pool_exhausted")));
        Assert.Equal(1, scrape.Value("db_connection_errors_total", Mssql, ("database", ""), ("reason", "other")));
    }

    [Fact]
    public async Task What_a_misbehaving_client_sends_changes_nothing()
    {
        _client.Misbehave();

        var scrape = await _registry.ScrapeAsync();
        Assert.DoesNotContain(scrape.Samples, sample => sample.Name.StartsWith("db_", StringComparison.Ordinal));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
    }

    [Fact]
    public async Task Thousands_of_databases_end_in_the_guard()
    {
        var registry = TestRegistry.New(limit: 20);
        using var events = new SqlClientEvents(new DatabaseMetrics(registry.Metrics), new DatabaseSpans(isEnabled: false, recordSql: false, registry.Metrics), registry.Metrics, _time, operations: true);
        events.Start();
        for (var i = 0; i < 5_000; i++)
        {
            using var connection = new SqlConnection($"Server=a;Database=tenant{i}");
            _client.Open(connection);
            _client.FailToOpen(connection, new NumberedException(53));
        }

        var scrape = await registry.ScrapeAsync();
        Assert.InRange(scrape.All("db_connection_errors_total").Count(), 20, 26);
        Assert.Equal(5_000, scrape.Sum("db_connection_errors_total"));
        Assert.True(scrape.Value("colink_telemetry_label_values_refused_total", ("metric", "db_connection_errors_total")) > 0);
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
    }

    [Fact]
    public async Task A_client_whose_objects_throw_is_counted_as_our_failure_and_does_not_feel_it()
    {
        using var command = new ThrowingCommand();
        _client.Begin(command);
        _client.End(command);

        Assert.Equal(1, (await _registry.ScrapeAsync()).Value("colink_telemetry_observer_errors_total", ("observer", "database")));
    }

    [Fact]
    public async Task Commands_whose_end_is_never_told_are_forgotten_in_the_end()
    {
        for (var i = 0; i < 40_000; i++)
            _client.Begin(new TypedCommand(CommandType.Text));
        using var command = new SqlCommand("SELECT 1");
        _client.Begin(command);
        _client.End(command);

        Assert.Equal(1, (await _registry.ScrapeAsync()).Sum("db_query_duration_seconds_count"));
    }

    [Fact]
    public async Task Once_disposed_it_hears_nothing()
    {
        _events.Dispose();
        Fail(new NumberedException(-2));

        Assert.False(_client.IsHeard);
        Assert.Empty((await _registry.ScrapeAsync()).All("db_connection_errors_total"));
    }

    [Fact]
    public async Task It_is_disposed_while_a_client_is_announced()
    {
        using var announcing = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        using var before = DiagnosticListener.AllListeners.Subscribe(new Announced(Named, () =>
        {
            announcing.Set();
            goOn.Wait(TimeSpan.FromSeconds(60));
        }));
        var late = default(DiagnosticListener);
        var client = new Thread(() => late = new DiagnosticListener(Named)) { IsBackground = true };
        var host = new Thread(_events.Dispose) { IsBackground = true };

        client.Start();
        announcing.Wait(TimeSpan.FromSeconds(60));
        host.Start();
        await Eventually.IsTrue(() => (host.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0);
        goOn.Set();

        Assert.True(client.Join(TimeSpan.FromSeconds(60)) && host.Join(TimeSpan.FromSeconds(60)));
        Assert.False(late!.IsEnabled());
        late.Dispose();
    }

    private void Fail(Exception exception)
    {
        using var connection = new SqlConnection("Server=a;Database=shop");
        _client.FailToOpen(connection, exception);
    }

    /// <summary>Does something as a listener of this name is announced, from its own subscription on.</summary>
    private sealed class Announced(string name, Action announced) : IObserver<DiagnosticListener>
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == name && Environment.CurrentManagedThreadId != _thread)
                announced();
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    /// <summary>As SqlException, which cannot be made outside its assembly.</summary>
    private sealed class NumberedException(int number) : DbException
    {
        public int Number => number;
    }
}
