using System.Collections.Concurrent;
using System.Diagnostics;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Integration.Database;

/// <summary>The spans of Entity Framework's commands on real drivers: exactly one a command, whoever makes it.</summary>
[Collection(nameof(Databases))]
public sealed class SpanTests(PostgresFixture postgres)
{
    private const string Ours = "CoLink.Observability.Database";

    [Fact]
    public async Task On_SQLite_each_command_is_one_span_inside_its_request()
    {
        using var folder = new TemporaryFolder();
        var options = new DbContextOptionsBuilder<Shop>().UseSqlite($"Data Source={Path.Combine(folder.Path, "traced.db")};Pooling=False").Options;
        await using var app = await RunningApp.StartAsync();
        await CreateAsync(options);
        using var spans = new Exported();

        using (var request = spans.App.StartActivity("request"))
        {
            await using var shop = new Shop(options);
            shop.Items.Add(new Shop.Item { Name = "first" });
            await shop.SaveChangesAsync(TestContext.Current.CancellationToken);
            Assert.Same(request, Activity.Current);
            Assert.Equal("first", (await shop.Items.SingleAsync(TestContext.Current.CancellationToken)).Name);
            Assert.Equal(1, shop.Items.Count());
            await shop.Database.ExecuteSqlRawAsync("PRAGMA user_version", TestContext.Current.CancellationToken);
            Assert.Same(request, Activity.Current);
        }

        Assert.Equal(["INSERT traced.db", "SELECT traced.db", "SELECT traced.db", "PRAGMA traced.db"], spans.Commands.Select(span => span.DisplayName));
        Assert.All(spans.Commands, span => Assert.Equal((Ours, "request", "sqlite"), (span.Source.Name, span.Parent?.OperationName, span.GetTagItem("db.system.name"))));
        Assert.All(spans.Commands, span => Assert.Null(span.GetTagItem("db.query.text")));
        Assert.DoesNotContain(spans.Commands.SelectMany(span => span.TagObjects), tag => tag.Value is string text && text.Contains(folder.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_SQLite_a_violated_constraint_is_one_failed_span()
    {
        using var folder = new TemporaryFolder();
        var options = new DbContextOptionsBuilder<Shop>().UseSqlite($"Data Source={Path.Combine(folder.Path, "broken.db")};Pooling=False").Options;
        await using var app = await RunningApp.StartAsync();
        await CreateAsync(options);
        await using var shop = new Shop(options);
        shop.Items.AddRange(new Shop.Item { Name = "same" }, new Shop.Item { Name = "same" });
        using var spans = new Exported();

        await Assert.ThrowsAsync<DbUpdateException>(() => shop.SaveChangesAsync(TestContext.Current.CancellationToken));

        var failed = Assert.Single(spans.Commands, span => span.Status == ActivityStatusCode.Error);
        Assert.Equal("19", failed.GetTagItem("error.type"));
        Assert.Equal("exception", Assert.Single(failed.Events).Name);
    }

    [Fact]
    public async Task On_SQLite_spans_and_counts_agree_over_16_threads_while_commands_are_cancelled()
    {
        using var folder = new TemporaryFolder();
        var options = new DbContextOptionsBuilder<Shop>().UseSqlite($"Data Source={Path.Combine(folder.Path, "many.db")};Pooling=False").Options;
        await using var app = await RunningApp.StartAsync();
        await CreateAsync(options);
        var before = await app.ScrapeAsync();
        using var spans = new Exported();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(() => ReadAsync(options, cancels: thread % 4 == 0))));

        var counted = (await app.ScrapeAsync()).Sum("db_query_duration_seconds_count") - before.Sum("db_query_duration_seconds_count");
        Assert.Equal(counted, spans.Commands.Count);
        Assert.Equal(spans.Commands.Count, spans.Commands.Select(span => span.SpanId).Distinct().Count());
        Assert.InRange(spans.Commands.Count, 12 * 50, 16 * 50);
    }

    [Fact]
    public async Task On_Npgsql_each_command_is_one_span_of_the_drivers()
    {
        var server = await postgres.ServerAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString("traced_by_ef"));
        var options = new DbContextOptionsBuilder<Shop>().UseNpgsql(source).Options;
        await CreateAsync(options);
        await using var app = await RunningApp.StartAsync();
        using var spans = new Exported();

        await using (var shop = new Shop(options))
        {
            Assert.Equal(0, await shop.Items.CountAsync(TestContext.Current.CancellationToken));
            await shop.Database.ExecuteSqlRawAsync("SELECT 1", TestContext.Current.CancellationToken);
        }

        Assert.Equal(["Npgsql", "Npgsql"], spans.Commands.Where(span => !span.OperationName.StartsWith("CONNECT", StringComparison.Ordinal)).Select(span => span.Source.Name));
    }

    private static async Task ReadAsync(DbContextOptions<Shop> options, bool cancels)
    {
        for (var i = 0; i < 50; i++)
        {
            using var cancellation = new CancellationTokenSource();
            await using var shop = new Shop(options);
            if (cancels && i % 2 == 0)
                cancellation.CancelAfter(TimeSpan.FromMicroseconds(50));
            try
            {
                _ = await shop.Items.CountAsync(cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                // As often as it comes in time.
            }
        }
    }

    private static async Task CreateAsync(DbContextOptions<Shop> options)
    {
        await using var shop = new Shop(options);
        await shop.Database.EnsureDeletedAsync(TestContext.Current.CancellationToken);
        await shop.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Exported : IDisposable
    {
        private readonly Ended _ended = new();
        private readonly TracerProvider _provider;

        public Exported() => _provider = Sdk.CreateTracerProviderBuilder().AddSource("app", "Npgsql", "CoLink.Observability.*").SetSampler(new AlwaysOnSampler()).AddProcessor(_ended).Build();

        public ActivitySource App { get; } = new("app");

        public IReadOnlyList<Activity> Commands => [.. _ended.Spans.Where(span => span.Source.Name != "app")];

        public void Dispose()
        {
            _provider.Dispose();
            App.Dispose();
        }
    }

    private sealed class Ended : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = new();

        public override void OnEnd(Activity data) => Spans.Enqueue(data);
    }
}
