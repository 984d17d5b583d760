using System.Diagnostics;
using System.Diagnostics.Metrics;
using CoLink.Observability.Benchmarks.Pipeline;
using CoLink.Observability.Database;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Registry;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>
/// What a database command costs more while it is heard. Who listens hears the whole process, so each contender listens during its
/// own turns only. Npgsql's part is played by its activity and its histogram alone; a command of its own takes a hundred times as long.
/// </summary>
internal static class DatabaseRatios
{
    /// <summary>A turn is shorter than the scheduler's slice, so that the median has none in it that was interrupted.</summary>
    private const int Commands = 500;

    private const int EntityFrameworkCommands = 50;
    private const double BudgetNanoseconds = 150;
    private const string Sql = "SELECT id, name FROM users WHERE id = $1";

    public static IEnumerable<Row> Measure() => [.. Activities(), .. Meters(), .. EntityFramework()];

    private static IEnumerable<Row> Activities()
    {
        using var source = new ActivitySource("Npgsql");
        void Run(int commands)
        {
            for (var i = 0; i < commands; i++)
                Command(source);
        }

        var cost = Cost(
            Run, Commands, Nothing.New, () => new Ours(operations: true), () => new Exported(), () => new Pair(new Exported(), new Ours(operations: true)), () => new Ours(operations: false));
        yield return Row("database call, an activity that exists only because we listen", cost[1] - cost[0], cost[0]);
        yield return Row("database call, an activity that exists anyway", cost[3] - cost[2], cost[2], isJudged: true);
        yield return Row("database call, Operations=false, no activity", cost[4] - cost[0], cost[0], isJudged: true);
    }

    private static IEnumerable<Row> Meters()
    {
        using var meter = new Meter("Npgsql");
        var duration = meter.CreateHistogram<double>("db.client.operation.duration", "s");
        TagList tags = new()
        {
            { "db.system.name", "postgresql" }, { "db.client.connection.pool.name", "Host=h;Database=orders" }, { "server.address", "h" }, { "server.port", 5432 },
        };
        void Run(int commands)
        {
            for (var i = 0; i < commands; i++)
                duration.Record(0.003, tags);
        }

        var cost = Cost(
            Run, Commands, Nothing.New, () => new Ours(operations: false),
            () => Sdk.CreateMeterProviderBuilder().AddMeter("Npgsql").AddReader(new BaseExportingMetricReader(new NoExporter())).Build());
        yield return Row("database call, Operations=false, the meter alone; OpenTelemetry", cost[1] - cost[0], cost[0], isJudged: true, peer: cost[2] - cost[0]);
    }

    private static IEnumerable<Row> EntityFramework()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var options = new DbContextOptionsBuilder<DbContext>().UseSqlite(connection).Options;
        DbContext context = null!;
        void Run(int commands)
        {
            for (var i = 0; i < commands; i++)
                context.Database.ExecuteSqlRaw("SELECT 1");
        }

        // EF remembers for a second, in each context, that nobody listens.
        IDisposable InNewContext(IDisposable listener) => new Pair(context = new DbContext(options), listener);
        var cost = Cost(Run, EntityFrameworkCommands, () => InNewContext(new Nothing()), () => InNewContext(new Ours(operations: true)), () => InNewContext(new Deaf()));
        var (ours, deaf) = (cost[1] - cost[0], cost[2] - cost[0]);
        yield return new Row(
            "database call, EF Core on SQLite; a listener that does nothing", Ratios.Row.Added(ours), Ratios.Row.Added(deaf), Ratios.Row.Cost(cost[0]), ours.Nanoseconds / deaf.Nanoseconds,
            "≤ 150 ns, 0 B over it", ours.Nanoseconds - deaf.Nanoseconds <= BudgetNanoseconds && ours.Bytes - deaf.Bytes < 0.5);
    }

    /// <summary>Who listens has heard some commands before its turn: the first of a kind makes its series, and is not what a command costs.</summary>
    private static Measurement[] Cost(Action<int> run, int commands, params Func<IDisposable>[] listeners) => LocalRounds.Measure(
        rounds: 501, warmUps: 40, commands, [.. listeners.Select(listen => ((Func<IDisposable?>)(() => Warm(listen(), run)), (Action)(() => run(commands))))]);

    private static IDisposable Warm(IDisposable listener, Action<int> run)
    {
        run(100);
        return listener;
    }

    private static Row Row(string work, Measurement ours, Measurement bare, bool isJudged = false, Measurement? peer = null) => new(
        work, Ratios.Row.Added(ours), peer is { } other ? Ratios.Row.Added(other) : "", Ratios.Row.Cost(bare), peer is { } theirs ? ours.Nanoseconds / theirs.Nanoseconds : null,
        isJudged ? "≤ 150 ns, 0 B" : "", isJudged ? ours.Nanoseconds <= BudgetNanoseconds && ours.Bytes < 0.5 : null);

    /// <summary>As Npgsql 10 does, with as many tags.</summary>
    private static void Command(ActivitySource source)
    {
        if (!source.HasListeners())
            return;
        using var activity = source.StartActivity("postgresql", ActivityKind.Client);
        if (activity is not { IsAllDataRequested: true })
            return;
        activity.SetTag("db.query.text", Sql);
        activity.SetTag("db.system.name", "postgresql");
        activity.SetTag("db.namespace", "orders");
        activity.SetTag("server.address", "h");
        activity.SetTag("db.npgsql.data_source", "Host=h;Database=orders");
        activity.SetTag("db.npgsql.connection_id", "1");
    }

    private sealed class Nothing : IDisposable
    {
        public static Nothing New() => new();

        public void Dispose()
        {
        }
    }

    private sealed class Pair(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            second.Dispose();
            first.Dispose();
        }
    }

    private sealed class Ours : IDisposable
    {
        private readonly DatabaseObserver _observer;
        private readonly DatabaseSpans _spans;

        public Ours(bool operations)
        {
            var registry = new MetricRegistry(SeriesLimits.Default, NullLogger.Instance);
            _spans = new DatabaseSpans(isEnabled: true, recordSql: false, registry);
            _observer = new DatabaseObserver(new DatabaseMetrics(registry), _spans, registry, TimeProvider.System);
            _observer.Start(operations);
        }

        public void Dispose()
        {
            _observer.Dispose();
            _spans.Dispose();
        }
    }

    /// <summary>Somebody who records every span, as an exporter does, and exports none.</summary>
    private sealed class Exported : IDisposable
    {
        private readonly ActivityListener _listener = new()
        {
            ShouldListenTo = static source => source.Name == "Npgsql",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };

        public Exported() => ActivitySource.AddActivityListener(_listener);

        public void Dispose() => _listener.Dispose();
    }

    private sealed class NoExporter : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
    }

    /// <summary>Has EF make the payloads that we have it make, and reads none.</summary>
    private sealed class Deaf : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly List<IDisposable> _subscriptions = [];

        public Deaf() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore")
                _subscriptions.Add(value.Subscribe(this, EntityFrameworkEvents.IsWanted));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose()
        {
            foreach (var subscription in _subscriptions)
                subscription.Dispose();
        }
    }
}
