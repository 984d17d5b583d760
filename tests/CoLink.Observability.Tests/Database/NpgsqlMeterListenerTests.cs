using System.Diagnostics;
using System.Diagnostics.Metrics;
using CoLink.Observability.Tests.Support;
using static CoLink.Observability.Tests.Database.FakeNpgsql;

namespace CoLink.Observability.Tests.Database;

[Collection(nameof(ProcessWide))]
public sealed class NpgsqlMeterListenerTests
{
    private const string Orders = "Host=db.internal;Username=ada;Database=orders";

    /// <summary>What takes seconds hears the counters of another driver in this process as well.</summary>
    private static readonly (string, string) Postgres = ("system", "postgresql");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pool_is_read_at_the_scrape_under_the_names_of_either_version(bool isVersion9)
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql(isVersion9).Publish();
        npgsql.Pools.Add(new FakePool(Orders, Busy: 3, Idle: 2, Max: 20));

        var scrape = await databases.ScrapeAsync();

        Assert.Equal(3, scrape.Value("db_connections_active", ("system", "postgresql"), ("database", "orders"), ("pool", "1")));
        Assert.Equal(2, scrape.Value("db_connections_idle", ("system", "postgresql"), ("database", "orders"), ("pool", "1")));
        Assert.Equal(20, scrape.Value("db_connections_max", ("system", "postgresql"), ("database", "orders"), ("pool", "1")));
        Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "Npgsql")));
    }

    [Fact]
    public async Task Nothing_is_said_of_a_driver_that_is_not_there_but_that_it_is_not()
    {
        using var databases = new ObservedDatabases();

        var scrape = await databases.ScrapeAsync();

        Assert.Equal(0, scrape.Value("colink_telemetry_source_active", ("source", "Npgsql")));
        Assert.DoesNotContain(scrape.Samples, sample => sample.Name.StartsWith("db_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_data_sources_with_one_string_are_added()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql().Publish();
        npgsql.Pools.AddRange([new FakePool(Orders, Busy: 3, Idle: 2, Max: 20), new FakePool(Orders, Busy: 1, Idle: 0, Max: 20)]);

        var scrape = await databases.ScrapeAsync();

        Assert.Equal(4, scrape.Value("db_connections_active"));
        Assert.Equal(2, scrape.Value("db_connections_idle"));
        Assert.Equal(40, scrape.Value("db_connections_max"));
    }

    [Fact]
    public async Task A_connection_string_is_in_no_label()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql().Publish();
        npgsql.Pools.AddRange([new FakePool(Orders, 1, 0), new FakePool("not=a;proper string", 1, 0), new FakePool("", 1, 0), new FakePool(null, 1, 0)]);

        var text = await databases.Registry.TextAsync();

        Assert.DoesNotContain("db.internal", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ada", text, StringComparison.Ordinal);
        Assert.DoesNotContain("proper", text, StringComparison.Ordinal);
        Assert.Equal(4, Scrape.Parse(text).Sum("db_connections_active"));
    }

    [Fact]
    public async Task The_series_of_a_disposed_data_source_vanish_and_the_other_keeps_its_number()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql().Publish();
        npgsql.Pools.AddRange([new FakePool(Orders, 1, 0), new FakePool(Orders + ";Timeout=3", 2, 0)]);
        await databases.ScrapeAsync();

        npgsql.Pools.RemoveAt(0);
        var without = await databases.ScrapeAsync();
        npgsql.Pools.Add(new FakePool(Orders + ";Timeout=4", 5, 0));
        var replaced = await databases.ScrapeAsync();
        npgsql.Pools.Clear();
        var none = await databases.ScrapeAsync();

        Assert.Equal(2, Assert.Single(without.All("db_connections_active")).Value);
        Assert.Equal(2, without.Value("db_connections_active", ("pool", "2")));
        Assert.Equal(5, replaced.Value("db_connections_active", ("pool", "1")));
        Assert.Equal(2, replaced.Value("db_connections_active", ("pool", "2")));
        Assert.Empty(none.All("db_connections_active"));
        Assert.Empty(none.All("db_connections_max"));
    }

    [Fact]
    public async Task A_named_data_source_has_its_name_and_learns_its_database_from_an_activity()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql().Publish();
        npgsql.Pools.Add(new FakePool("orders-primary", 1, 0));
        var before = await databases.ScrapeAsync();

        npgsql.Begin("SELECT 1", dataSource: "orders-primary")!.Dispose();
        var after = await databases.ScrapeAsync();

        Assert.Equal(1, before.Value("db_connections_active", ("database", ""), ("pool", "orders-primary")));
        Assert.Equal("orders", Assert.Single(after.All("db_connections_active")).Labels["database"]);
        Assert.Equal(0, after.Value("db_connection_errors_total", ("database", "orders"), ("reason", "refused")));
    }

    [Fact]
    public async Task An_exhausted_pool_is_a_connection_error_and_every_reason_that_can_be_told_was_at_0_before()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql().Publish();
        npgsql.Pools.Add(new FakePool(Orders, 1, 0));
        var before = await databases.ScrapeAsync();

        npgsql.PoolExhausted(Orders);
        var after = await databases.ScrapeAsync();

        Assert.Equal(6, before.All("db_connection_errors_total", ("database", "orders")).Count());
        Assert.Equal(0, before.Sum("db_connection_errors_total"));
        Assert.Equal(1, after.Value("db_connection_errors_total", ("database", "orders"), ("reason", "pool_exhausted")));
        Assert.Equal(1, after.Sum("db_connection_errors_total"));
    }

    [Fact]
    public async Task Version_9_tells_exhausted_pools_and_no_false_0_of_another_reason()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql(isVersion9: true).Publish();
        npgsql.Pools.Add(new FakePool(Orders, 1, 0));
        await databases.ScrapeAsync();

        npgsql.PoolExhausted(Orders);
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(("pool_exhausted", 1), (Assert.Single(scrape.All("db_connection_errors_total")).Labels["reason"], scrape.Sum("db_connection_errors_total")));
    }

    [Fact]
    public async Task Without_operations_the_meter_alone_tells_the_commands()
    {
        using var databases = new ObservedDatabases(operations: false);
        using var npgsql = new FakeNpgsql().Publish();

        Assert.Null(npgsql.Begin("SELECT 1"));
        npgsql.Measure(0.5);
        npgsql.Measure(0.25, failed: true);
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(2, scrape.Value("db_query_duration_seconds_count", ("system", "postgresql"), ("operation", "other")));
        Assert.Equal(0.75, scrape.Value("db_query_duration_seconds_sum", ("operation", "other")));
        Assert.Equal(1, scrape.Value("db_query_errors_total", ("operation", "other")));
    }

    [Fact]
    public async Task With_operations_the_meters_duration_is_not_counted_a_second_time()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql().Publish();

        npgsql.Run("SELECT 1");
        npgsql.Measure(0.5);
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(1, scrape.Sum("db_query_duration_seconds_count"));
    }

    [Fact]
    public async Task What_the_server_refuses_after_the_first_answer_is_an_error_of_no_known_operation()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql().Publish();

        npgsql.Run("SELECT 1");
        npgsql.Measure(0.5, failed: true);
        using (npgsql.Begin("SELECT 1"))
            npgsql.Measure(0.5, failed: true);
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_query_errors_total", ("operation", "other")));
        Assert.Equal(1, scrape.Sum("db_query_errors_total"));
    }

    [Fact]
    public async Task Thousands_of_pools_change_nothing_but_the_guards_counter_and_the_total_stays_true()
    {
        using var databases = new ObservedDatabases(limit: 100);
        using var npgsql = new FakeNpgsql().Publish();
        npgsql.Pools.AddRange(Enumerable.Range(0, 12_000).Select(i => new FakePool($"Host=h;Database=tenant{i}", 1, 0)));

        var flooded = await UntilAsync(databases, scrape => scrape.Sum("db_connections_active", Postgres) == 12_000);
        npgsql.Pools.RemoveRange(50, 11_950);
        var calm = await UntilAsync(databases, scrape => scrape.Sum("db_connections_active", Postgres) == 50);

        Assert.Equal(101, flooded.All("db_connections_active", Postgres).Count());
        Assert.Equal(12_000, flooded.Sum("db_connections_active", Postgres));
        Assert.True(flooded.Value("colink_telemetry_label_values_refused_total", ("metric", "db_connections_active")) > 0);
        Assert.Equal(0, ObservedDatabases.Failures(flooded));
        Assert.Equal(50, calm.All("db_connections_active", Postgres).Count());
        Assert.DoesNotContain(calm.All("db_connections_active", Postgres), sample => sample.Labels["pool"] == "_other");
    }

    [Fact]
    public async Task A_misbehaving_driver_is_passed_over()
    {
        using var databases = new ObservedDatabases();
        using var meter = new Meter("Npgsql");
        meter.CreateCounter<long>("db.client.connection.count").Add(7, new KeyValuePair<string, object?>("db.client.connection.state", "used"));
        meter.CreateHistogram<int>("db.client.connection.max").Record(7);
        meter.CreateObservableGauge("db.client.connection.npgsql.timeouts", () => 7);
        meter.CreateHistogram<float>("db.client.operation.duration").Record(7);
        meter.CreateObservableUpDownCounter("db.client.connection.count", () => new[]
        {
            new Measurement<int>(5, new KeyValuePair<string, object?>("db.client.connection.state", 12), new KeyValuePair<string, object?>("db.client.connection.pool.name", new object())),
            new Measurement<int>(5, new KeyValuePair<string, object?>("db.client.connection.state", null)),
            new Measurement<int>(5),
            new Measurement<int>(5, new KeyValuePair<string, object?>("colour", "green")),
        });

        var scrape = await databases.ScrapeAsync();

        Assert.DoesNotContain(scrape.Samples, sample => sample.Name.StartsWith("db_", StringComparison.Ordinal));
        Assert.Equal(0, ObservedDatabases.Failures(scrape));
    }

    [Fact]
    public async Task A_driver_that_throws_when_asked_costs_no_scrape_and_keeps_the_last_values()
    {
        using var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql().Publish();
        npgsql.Pools.Add(new FakePool(Orders, 1, 0));
        await databases.ScrapeAsync();

        npgsql.OnAsked = () => throw new InvalidOperationException("broken");
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_connections_active", ("database", "orders")));
        Assert.True(scrape.Value("colink_telemetry_observer_errors_total", ("observer", "database")) > 0);
    }

    [Fact]
    public async Task A_stopped_host_hears_nothing()
    {
        var databases = new ObservedDatabases();
        using var npgsql = new FakeNpgsql().Publish();
        databases.Dispose();

        npgsql.Measure(1, failed: true);
        npgsql.Run("SELECT 1");
        npgsql.PoolExhausted(Orders);

        Assert.DoesNotContain((await databases.ScrapeAsync()).Samples, sample => sample.Name.StartsWith("db_", StringComparison.Ordinal));
    }

    /// <summary>A scrape waits for so many pools only so long, and shows them the next time.</summary>
    private static async Task<Scrape> UntilAsync(ObservedDatabases databases, Func<Scrape, bool> satisfied)
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            var scrape = await databases.ScrapeAsync();
            if (satisfied(scrape) || Stopwatch.GetElapsedTime(started) > Eventually.Bound)
                return scrape;
        }
    }
}
