using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using static CoLink.Observability.Tests.Database.AdoNet.SqliteHost;

namespace CoLink.Observability.Tests.Database.AdoNet;

public sealed class ObservedConnectionTests
{
    [Fact]
    public async Task A_thousand_mixed_queries_of_Dapper_over_16_threads_are_counted_exactly()
    {
        await using var host = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(async () =>
        {
            for (var i = thread; i < 1_000; i += 16)
            {
                await using var connection = host.Connection();
                _ = (i % 5) switch
                {
                    0 => (await connection.QueryAsync<long>("SELECT b FROM a WHERE id = @id", new { id = 1 })).Count(),
                    1 => await connection.ExecuteAsync("INSERT INTO a (b) VALUES (@b)", new { b = i }),
                    2 => connection.Execute("/* x */ UPDATE a SET b = b WHERE id = 1"),
                    3 => connection.ExecuteScalar<int>("WITH x AS (SELECT 1) SELECT count(*) FROM x"),
                    _ => Failing(connection),
                };
            }
        })));

        var scrape = await host.App.ScrapeAsync();
        Assert.Equal(400, Count(scrape, "select"));
        Assert.Equal(200, Count(scrape, "insert"));
        Assert.Equal(200, Count(scrape, "update"));
        Assert.Equal(200, Count(scrape, "delete"));
        Assert.Equal(200, Errors(scrape, "delete"));
        Assert.Equal(200, scrape.Sum("db_query_errors_total"));
        Assert.Equal(0, Active(scrape));
        Assert.Equal(6, scrape.All("db_connection_errors_total", ("system", "sqlite"), ("database", "shop.db")).Count(sample => sample.Value == 0));
        Assert.Empty(scrape.All("db_connections_idle"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));

        static int Failing(DbConnection connection)
        {
            Assert.Throws<SqliteException>(() => connection.Execute("DELETE FROM nothing"));
            return 0;
        }
    }

    [Fact]
    public async Task Connections_are_active_from_open_to_close_however_they_are_closed()
    {
        await using var host = await StartAsync();
        var connections = new List<DbConnection>();
        for (var i = 0; i < 4; i++)
            connections.Add(await host.OpenAsync());
        Assert.Equal(4, Active(await host.App.ScrapeAsync()));

        connections[0].Close();
        connections[0].Dispose();
        await connections[1].CloseAsync();
        await connections[2].DisposeAsync();
        await using (var command = connections[3].CreateCommand())
        {
            command.CommandText = "SELECT 1";
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.CloseConnection);
        }

        Assert.Equal(ConnectionState.Closed, connections[3].State);
        Assert.Equal(0, Active(await host.App.ScrapeAsync()));
    }

    [Fact]
    public async Task One_that_is_handed_over_open_is_active()
    {
        await using var host = await StartAsync();
        var inner = new SqliteConnection(host.ConnectionString);
        inner.Open();
        await using var connection = inner.WithCoLinkMetrics(host.App.Services);

        Assert.Equal(1, Active(await host.App.ScrapeAsync()));
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_cannot_be_opened_is_a_missing_database(bool isAsync)
    {
        await using var host = await StartAsync();
        await using var connection = host.Connection(host.Missing);

        if (isAsync)
            await Assert.ThrowsAsync<SqliteException>(() => connection.OpenAsync());
        else
            Assert.Throws<SqliteException>(connection.Open);

        var scrape = await host.App.ScrapeAsync();
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("system", "sqlite"), ("database", "none.db"), ("reason", "missing_database")));
        Assert.Equal(1, scrape.Sum("db_connection_errors_total"));
        Assert.Empty(scrape.All("db_connections_active"));
        Assert.DoesNotContain("secret", scrape.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_lasts_until_its_reader_is_closed_and_is_counted_once()
    {
        await using var host = await StartAsync();
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM a";

        var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Null(Count(await host.App.ScrapeAsync(), "select"));
        await reader.CloseAsync();
        await reader.DisposeAsync();
        reader.Dispose();

        Assert.Equal(1, Count(await host.App.ScrapeAsync(), "select"));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_a_failed_query()
    {
        await using var host = await StartAsync();
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1 UNION ALL SELECT abs(-9223372036854775807 - 1)";

        await using (var reader = await command.ExecuteReaderAsync())
        {
            await Assert.ThrowsAsync<SqliteException>(async () =>
            {
                while (await reader.ReadAsync())
                    Assert.Equal(1, reader.GetInt64(0));
            });
        }

        var scrape = await host.App.ScrapeAsync();
        Assert.Equal(1, Count(scrape, "select"));
        Assert.Equal(1, Errors(scrape, "select"));
    }

    [Fact]
    public async Task A_query_that_its_caller_cancelled_is_timed_and_no_error()
    {
        await using var host = await StartAsync();
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM a";
        using var gone = new CancellationTokenSource();
        await using (var reader = await command.ExecuteReaderAsync(CancellationToken.None))
        {
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(gone.Token));
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteNonQueryAsync(gone.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteScalarAsync(gone.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteReaderAsync(gone.Token));

        var scrape = await host.App.ScrapeAsync();
        Assert.Equal(4, Count(scrape, "select"));
        Assert.Equal(0, Errors(scrape, "select"));
    }

    [Fact]
    public async Task Transactions_and_states_pass_through_as_the_apps_own()
    {
        await using var host = await StartAsync();
        await using var connection = host.Connection();
        var states = new List<(object Sender, ConnectionState State)>();
        connection.StateChange += (sender, change) => states.Add((sender, change.CurrentState));
        await connection.OpenAsync();

        await using (var transaction = await connection.BeginTransactionAsync(IsolationLevel.Serializable))
        {
            Assert.Same(connection, transaction.Connection);
            Assert.Equal(IsolationLevel.Serializable, transaction.IsolationLevel);
            Assert.Equal(1, await connection.ExecuteAsync("DELETE FROM a WHERE id = 1", transaction: transaction));
            await transaction.SaveAsync("s");
            await connection.ExecuteAsync("DELETE FROM a", transaction: transaction);
            await transaction.RollbackAsync("s");
            await transaction.CommitAsync();
            Assert.Null(transaction.Connection);
        }

        Assert.Equal(2, connection.ExecuteScalar<int>("SELECT count(*) FROM a"));
        Assert.False(connection.CanCreateBatch);
        Assert.StartsWith("3.", connection.ServerVersion, StringComparison.Ordinal);
        Assert.NotEmpty(connection.GetSchema().Rows);
        Assert.Same(SqliteFactory.Instance, DbProviderFactories.GetFactory(connection));
        await connection.CloseAsync();
        Assert.Equal([(connection, ConnectionState.Open), (connection, ConnectionState.Closed)], states);
    }

    [Fact]
    public async Task Parameters_and_readers_pass_through()
    {
        await using var host = await StartAsync();
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, @b AS b, NULL AS c FROM a";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@b", "text");
        command.Parameters.Add(parameter);
        await command.PrepareAsync();
        Assert.Same(connection, command.Connection);

        await using var reader = await command.ExecuteReaderAsync();
        Assert.Equal(3, reader.FieldCount);
        Assert.Equal(["id", "b", "c"], reader.GetColumnSchema().Select(column => column.ColumnName));
        Assert.Equal(3, reader.GetSchemaTable()!.Rows.Count);
        Assert.Equal(3, reader.Cast<IDataRecord>().Select(row => (row.GetInt64(0), row.GetString(1), row.IsDBNull(2))).Count(row => row == (row.Item1, "text", true)));
    }

    [Fact]
    public async Task A_driver_that_speaks_itself_a_wrapped_one_and_one_of_a_host_without_the_family_come_back_as_they_are()
    {
        await using var host = await StartAsync();
        await using var off = await StartAsync(options => options.Database.Enabled = false);
        using var speaking = new SqlConnection();
        await using var wrapped = host.Connection();
        using var plain = new SqliteConnection();

        Assert.Same(speaking, speaking.WithCoLinkMetrics(host.App.Services));
        Assert.Same(wrapped, wrapped.WithCoLinkMetrics(host.App.Services));
        Assert.Same(plain, plain.WithCoLinkMetrics(off.App.Services));
    }

    [Fact]
    public async Task Everything_of_a_data_source_is_measured()
    {
        await using var host = await StartAsync();
        await using var source = SqliteFactory.Instance.CreateDataSource(host.ConnectionString).WithCoLinkMetrics(host.App.Services);

        await using (var command = source.CreateCommand("SELECT count(*) FROM a"))
            Assert.Equal(3L, await command.ExecuteScalarAsync());
        await using (var connection = await source.OpenConnectionAsync())
            Assert.Equal(1, connection.Execute("DELETE FROM a WHERE id = 1"));

        var scrape = await host.App.ScrapeAsync();
        Assert.Equal(1, Count(scrape, "select"));
        Assert.Equal(1, Count(scrape, "delete"));
        Assert.Equal(0, Active(scrape));
    }

    [Fact]
    public async Task The_series_of_a_disposed_data_source_vanish_unless_others_have_its_database_open()
    {
        await using var host = await StartAsync();
        var source = SqliteFactory.Instance.CreateDataSource(host.ConnectionString).WithCoLinkMetrics(host.App.Services);
        var other = SqliteFactory.Instance.CreateDataSource(host.ConnectionString).WithCoLinkMetrics(host.App.Services);
        foreach (var each in (DbDataSource[])[source, other])
            await (await each.OpenConnectionAsync()).DisposeAsync();

        await source.DisposeAsync();
        Assert.Equal(0, Active(await host.App.ScrapeAsync()));
        await using (await host.OpenAsync())
        {
            other.Dispose();
            Assert.Equal(1, Active(await host.App.ScrapeAsync()));
        }

        Assert.Equal(0, Active(await host.App.ScrapeAsync()));
        var last = SqliteFactory.Instance.CreateDataSource(host.ConnectionString).WithCoLinkMetrics(host.App.Services);
        await (await last.OpenConnectionAsync()).DisposeAsync();
        last.Dispose();
        Assert.Null(Active(await host.App.ScrapeAsync()));
    }

    [Fact]
    public async Task Who_blocks_its_own_context_does_not_wait_for_ever()
    {
        await using var host = await StartAsync();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var connection = new LateConnection(host.ConnectionString, ready.Task).WithCoLinkMetrics(host.App.Services);

        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new BlockedContext());
        var opening = connection.OpenAsync();
        SynchronizationContext.SetSynchronizationContext(before);
        ready.SetResult();

        await opening.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Fact]
    public async Task Without_operations_all_is_other()
    {
        await using var host = await StartAsync(options => options.Database.Operations = false);
        await using var connection = await host.OpenAsync();

        connection.ExecuteScalar<int>("SELECT 1");

        Assert.Equal(1, Count(await host.App.ScrapeAsync(), "other"));
    }

    [Fact]
    public void Services_without_the_library_are_told_what_to_call()
    {
        using var empty = new ServiceCollection().BuildServiceProvider();
        using var connection = new SqliteConnection();

        Assert.Contains("AddCoLinkObservability", Assert.Throws<InvalidOperationException>(() => connection.WithCoLinkMetrics(empty)).Message, StringComparison.Ordinal);
    }

    /// <summary>A client of a server: it waits, as SQLite never does.</summary>
    private sealed class LateConnection(string connectionString, Task ready) : SqliteConnection(connectionString)
    {
        public override async Task OpenAsync(CancellationToken cancellationToken)
        {
            await ready.ConfigureAwait(false);
            Open();
        }
    }

    /// <summary>Nothing that is posted to it ever runs, as while its one thread blocks.</summary>
    private sealed class BlockedContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
