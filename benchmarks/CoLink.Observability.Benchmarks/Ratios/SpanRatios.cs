using System.Diagnostics;
using CoLink.Observability.Database;
using CoLink.Observability.Database.Spans;
using CoLink.Observability.Registry;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>What the span of a command costs where the driver makes none, over the same command that is measured and has no spans.</summary>
internal static class SpanRatios
{
    private const int Commands = 200;
    private const double BudgetNanoseconds = 150;
    private const string Request = "Benchmarks.Request";

    public static IEnumerable<Row> Measure()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var options = new DbContextOptionsBuilder<DbContext>().UseSqlite(connection).Options;
        DbContext context = null!;
        void Run()
        {
            for (var i = 0; i < Commands; i++)
                context.Database.ExecuteSqlRaw("SELECT 1");
        }

        using var byHand = new ActivitySource(Request);
        void RunByHand()
        {
            for (var i = 0; i < Commands; i++)
            {
                using var span = byHand.StartActivity("SELECT main", ActivityKind.Client);
                span?.SetTag("db.system.name", "sqlite").SetTag("db.namespace", "main").SetTag("db.operation.name", "SELECT");
                context.Database.ExecuteSqlRaw("SELECT 1");
            }
        }

        (Func<IDisposable?>, Action) Turn(Sampler? sampler, bool ours, Action run) => (
            () =>
            {
                // EF remembers for a second, in each context, that nobody listens.
                var heard = new Heard(context = new DbContext(options), ours, sampler);
                run();
                return heard;
            },
            run);

        Sampler none = new ParentBasedSampler(new AlwaysOffSampler()), all = new ParentBasedSampler(new AlwaysOnSampler());
        var cost = LocalRounds.Measure(
            rounds: 151, warmUps: 60, Commands,
            Turn(null, ours: false, Run),
            Turn(null, ours: true, Run), Turn(null, ours: false, RunByHand),
            Turn(none, ours: true, Run), Turn(none, ours: false, RunByHand),
            Turn(all, ours: true, Run), Turn(all, ours: false, RunByHand));
        yield return Row("nobody listens", cost[1] - cost[0], cost[2] - cost[0], cost[0], "≤ 150 ns, 0 B");
        yield return Row("in a request that is not sampled", cost[3] - cost[0], cost[4] - cost[0], cost[0]);
        yield return Row("in a sampled request", cost[5] - cost[0], cost[6] - cost[0], cost[0]);
    }

    /// <summary>No ratio: what is added is a small difference of large numbers.</summary>
    private static Row Row(string how, Measurement added, Measurement byHand, Measurement bare, string budget = "") => new(
        $"span of a database command, EF Core on SQLite, {how}; a span by hand", Ratios.Row.Added(added), Ratios.Row.Added(byHand), Ratios.Row.Cost(bare), null,
        budget, budget.Length > 0 ? added.Nanoseconds <= BudgetNanoseconds && added.Bytes < 0.5 : null);

    /// <summary>The database family, a provider that takes its spans and exports none, and a request.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly DbContext _context;
        private readonly DatabaseObserver _observer;
        private readonly DatabaseSpans _spans;
        private readonly ActivitySource _source = new(Request);
        private readonly TracerProvider? _provider;
        private readonly Activity? _request;

        public Heard(DbContext context, bool spans, Sampler? sampler)
        {
            _context = context;
            var registry = new MetricRegistry(SeriesLimits.Default, NullLogger.Instance);
            _spans = new DatabaseSpans(isEnabled: spans, recordSql: false, registry);
            _observer = new DatabaseObserver(new DatabaseMetrics(registry), _spans, registry, TimeProvider.System);
            _observer.Start(operations: true);
            if (sampler is null)
                return;
            _provider = Sdk.CreateTracerProviderBuilder().SetSampler(sampler).AddSource(Request, DatabaseSpans.SourceName).Build();
            _request = _source.StartActivity();
        }

        public void Dispose()
        {
            _request?.Dispose();
            _provider?.Dispose();
            _source.Dispose();
            _observer.Dispose();
            _spans.Dispose();
            _context.Dispose();
        }
    }
}
