using System.Data.Common;
using System.Diagnostics;
using CoLink.Observability.Database;
using CoLink.Observability.Database.AdoNet;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Registry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>What a database command costs more with us than without.</summary>
internal static class DriverRatios
{
    private const int Operations = 2_000;
    private const double BudgetNanoseconds = 150;
    private static readonly string[] Statements =
        ["SELECT a, b FROM c WHERE d = $1", "-- users\nINSERT INTO a (b) VALUES ($1)", "WITH x AS (SELECT ')' FROM a) UPDATE b SET c = 1", "/* q:7 */ DELETE FROM a WHERE b = $1"];

    public static IEnumerable<Row> Measure() => [.. Statement(), .. Wrapper(), .. SqlClient()];

    private static IEnumerable<Row> Statement()
    {
        var found = 0;
        var cost = LocalRounds.Measure(rounds: 41, warmUps: 15, Operations, () =>
        {
            for (var i = 0; i < Operations; i++)
                found += (int)SqlOperation.Of(Statements[i & 3]);
        });
        GC.KeepAlive(found);
        yield return new Row("sql operation, a mix of four statements", Row.Cost(cost[0]), "", "", null, "0 B", cost[0].Bytes < 0.5);
    }

    private static IEnumerable<Row> Wrapper()
    {
        var registry = NewRegistry();
        var metrics = new DatabaseMetrics(registry);
        using var spans = new DatabaseSpans(isEnabled: true, recordSql: false, registry);
        var observer = new AdoNetObserver(metrics, spans, registry, new PoolTotals(metrics, registry), TimeProvider.System, new DatabaseOptions());
        using var raw = new SqliteConnection("Data Source=:memory:");
        raw.Open();
        using var wrapped = observer.Observe(new SqliteConnection("Data Source=:memory:"));
        wrapped.Open();
        using var rawCommand = Prepared(raw);
        using var ourCommand = Prepared(wrapped);

        var cost = LocalRounds.Measure(rounds: 41, warmUps: 15, Operations, () => Scalars(ourCommand), () => Scalars(rawCommand), () => Readers(ourCommand), () => Readers(rawCommand));
        yield return Added("SQLite command through the wrapper, scalar; raw", cost[0], cost[1], 0);
        yield return Added("SQLite command through the wrapper, reader; raw", cost[2], cost[3], null);
    }

    /// <summary>Our part of a command of SqlClient: what its own event costs is the client's, and stands under bare.</summary>
    private static IEnumerable<Row> SqlClient()
    {
        var registry = NewRegistry();
        using var client = new DiagnosticListener("SqlClientDiagnosticListener");
        using var spans = new DatabaseSpans(isEnabled: true, recordSql: false, registry);
        using var events = new SqlClientEvents(new DatabaseMetrics(registry), spans, registry, TimeProvider.System, operations: true);
        using var command = new SqliteCommand(Statements[0]);
        KeyValuePair<string, object?>[] payload = [new("OperationId", null), new("Operation", null), new("Timestamp", null), new("Command", command)];

        var without = LocalRounds.Measure(rounds: 41, warmUps: 15, Operations, () => Write(client, payload));
        events.Start();
        var with = LocalRounds.Measure(rounds: 41, warmUps: 15, Operations, () => Write(client, payload));
        yield return Added("SqlClient command, our listener", with[0], without[0], 0);
    }

    private static void Write(DiagnosticListener client, object payload)
    {
        for (var i = 0; i < Operations; i++)
        {
            if (!client.IsEnabled("Microsoft.Data.SqlClient.WriteCommandBefore"))
                continue;
            client.Write("Microsoft.Data.SqlClient.WriteCommandBefore", payload);
            client.Write("Microsoft.Data.SqlClient.WriteCommandAfter", payload);
        }
    }

    private static DbCommand Prepared(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = "SELECT 1";
        command.Prepare();
        return command;
    }

    private static void Scalars(DbCommand command)
    {
        for (var i = 0; i < Operations; i++)
            command.ExecuteScalar();
    }

    private static void Readers(DbCommand command)
    {
        for (var i = 0; i < Operations; i++)
        {
            using var reader = command.ExecuteReader();
            reader.Read();
        }
    }

    /// <param name="work">What is done.</param>
    /// <param name="ours">With us.</param>
    /// <param name="bare">Without.</param>
    /// <param name="bytes">How much more may be allocated; null where the wrapper has an object of its own.</param>
    private static Row Added(string work, Measurement ours, Measurement bare, double? bytes)
    {
        var added = ours - bare;
        return new Row(
            work, Row.Added(added), "", Row.Cost(bare), null, bytes is null ? "≤ 150 ns" : "≤ 150 ns, 0 B",
            added.Nanoseconds <= BudgetNanoseconds && (bytes is not { } most || added.Bytes < most + 0.5));
    }

    private static MetricRegistry NewRegistry() => new(new SeriesLimits(1_000, new Dictionary<string, int>()), NullLogger.Instance);
}
