using System.Collections.Concurrent;
using System.Diagnostics;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using StackExchange.Redis;
using StackExchange.Redis.Profiling;
using static CoLink.Observability.StackExchangeRedis.Tests.Support.RedisApp;

namespace CoLink.Observability.StackExchangeRedis.Tests.Spans;

/// <summary>The spans of real commands. OpenTelemetry hears the whole process, so these tests run alone.</summary>
[Collection(nameof(ProcessWide))]
public sealed class RedisSpanTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_inside_a_span_is_a_client_span_of_its_own_with_the_clients_times(bool isAsync)
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(server)));
        var database = await DatabaseAsync(app, 3);
        using var spans = new Exported();
        var started = DateTime.UtcNow;

        Activity request;
        using (request = spans.App.StartActivity("request")!)
        {
            if (isAsync)
                await database.StringSetAsync("secret-key", "hunter2");
            else
                database.StringSet("secret-key", "hunter2");
            Assert.Same(request, Activity.Current);
        }

        var span = Assert.Single(await spans.CommandsAsync(1));
        Assert.Equal("SET", span.DisplayName);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal((request.TraceId, request.SpanId), (span.TraceId, span.ParentSpanId));
        Assert.Equal(
            [("db.namespace", "3"), ("db.operation.name", "SET"), ("db.system.name", "redis"), ("server.address", "127.0.0.1"), ("server.port", server.Address.Split(':')[1])],
            span.TagObjects.Select(tag => (tag.Key, tag.Value?.ToString())).OrderBy(tag => tag.Key, StringComparer.Ordinal));

        // It is made later than it was, and says when it was.
        Assert.InRange(span.StartTimeUtc, started, request.StartTimeUtc + request.Duration);
        Assert.InRange(span.Duration, TimeSpan.FromTicks(1), request.Duration);
    }

    [Fact]
    public async Task Each_of_many_commands_is_one_span_under_its_own_parent()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(server)));
        var database = await DatabaseAsync(app);
        using var spans = new Exported();

        var parents = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            using var request = spans.App.StartActivity("request");
            for (var i = 0; i < 25; i++)
                await database.StringIncrementAsync("a");
            var batch = database.CreateBatch();
            var inBatch = batch.StringIncrementAsync("a");
            batch.Execute();
            await inBatch;
            return request!.SpanId;
        })));

        var commands = await spans.CommandsAsync(16 * 26);
        Assert.Equal(16 * 26, commands.Select(span => span.SpanId).Distinct().Count());
        Assert.All(parents, parent => Assert.Equal(26, commands.Count(span => span.ParentSpanId == parent)));
    }

    [Theory]
    [InlineData("no parent")]
    [InlineData("not sampled")]
    [InlineData("off")]
    [InlineData("nobody listens")]
    public async Task There_is_none(string where)
    {
        await using var server = await RedisServer.StartAsync();
        var app = await StartAsync(services => services.AddMultiplexer(Connection(server)), options => options.Spans = where != "off");
        var database = await DatabaseAsync(app);
        using var spans = new Exported(where == "not sampled" ? new AlwaysOffSampler() : new AlwaysOnSampler(), where != "nobody listens");

        using (where == "no parent" ? null : spans.App.StartActivity("request"))
            await database.StringSetAsync("a", "b");

        // What is done is told by the end of the host.
        await app.DisposeAsync();
        Assert.Empty(spans.Commands);
    }

    /// <summary>The questions of ours that follow the cache's first use belong to nobody's request.</summary>
    [Fact]
    public async Task The_multiplexer_of_a_cache_is_traced_and_what_we_ask_is_not()
    {
        await using var server = await RedisServer.StartAsync();
        var app = await StartAsync(services => services.AddStackExchangeRedisCache(cache => cache.Configuration = Connection(server)));
        var cache = app.Services.GetRequiredService<IDistributedCache>();
        using var spans = new Exported();

        using (spans.App.StartActivity("request"))
        {
            await cache.SetStringAsync("a", "b");
            await app.ScrapeUntilAsync(s => s.MemoryOf(server) > 0);
            await cache.GetStringAsync("a");
        }

        await app.DisposeAsync();
        Assert.Equal(["HMSET", "HMGET"], spans.Commands.Select(span => span.DisplayName).Where(name => name != "CLIENT"));
    }

    [Fact]
    public async Task A_profiler_of_the_apps_keeps_its_commands_and_those_it_leaves_have_spans()
    {
        await using var server = await RedisServer.StartAsync();
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(Connection(server));
        var apps = new ProfilingSession();
        var isProfiled = true;
        multiplexer.RegisterProfiler(() => isProfiled ? apps : null!);
        await using var app = await StartAsync(services => services.AddSingleton<IConnectionMultiplexer>(multiplexer));
        var database = await DatabaseAsync(app);
        using var spans = new Exported();

        using (spans.App.StartActivity("request"))
        {
            await database.StringSetAsync("a", "b");
            isProfiled = false;
            await database.StringGetAsync("a");
        }

        Assert.Equal("GET", Assert.Single(await spans.CommandsAsync(1)).DisplayName);
        Assert.Contains(apps.FinishProfiling(), command => command.Command == "SET");
    }

    [Fact]
    public async Task When_the_host_ends_the_app_has_its_own_profiler_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(Connection(server));
        var apps = new ProfilingSession();
        multiplexer.RegisterProfiler(() => apps);
        var app = await StartAsync(services => services.AddSingleton<IConnectionMultiplexer>(multiplexer));
        await app.ScrapeUntilAsync(s => s.IsReachable(server) == 1);
        using var spans = new Exported();

        await app.DisposeAsync();
        using (spans.App.StartActivity("request"))
            await multiplexer.GetDatabase().StringSetAsync("a", "b");

        Assert.Contains(apps.FinishProfiling(), command => command.Command == "SET");
        Assert.Empty(spans.Commands);
    }

    [Fact]
    public async Task What_is_done_when_the_host_stops_is_told_before_it_ends()
    {
        await using var server = await RedisServer.StartAsync();
        var app = await StartAsync(services => services.AddMultiplexer(Connection(server)));
        var database = await DatabaseAsync(app);
        using var spans = new Exported();
        using (spans.App.StartActivity("request"))
            await database.StringSetAsync("a", "b");

        await app.DisposeAsync();

        Assert.Single(spans.Commands);
    }

    [Fact]
    public async Task A_command_that_times_out_has_a_span_as_long_as_it_was_waited_for()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer($"{server.Address},abortConnect=false,asyncTimeout=300"));
        var database = await DatabaseAsync(app);
        using var spans = new Exported();

        server.Hang();
        using (spans.App.StartActivity("request"))
            await Assert.ThrowsAsync<RedisTimeoutException>(() => database.StringGetAsync("a"));

        var span = Assert.Single(await spans.CommandsAsync(1));
        Assert.InRange(span.Duration.TotalSeconds, 0.25, 30);
    }

    [Fact]
    public async Task What_an_app_executes_by_a_text_of_its_own_is_not_shown_as_it_is()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = await StartAsync(services => services.AddMultiplexer(Connection(server)));
        var database = await DatabaseAsync(app);
        using var spans = new Exported();

        using (spans.App.StartActivity("request"))
        {
            await Assert.ThrowsAsync<RedisServerException>(() => database.ExecuteAsync("GET:hunter2"));
            await Assert.ThrowsAsync<RedisServerException>(() => database.ExecuteAsync("JSON.GET", "a"));
        }

        Assert.Equal(["EXECUTE", "JSON.GET"], (await spans.CommandsAsync(2)).Select(span => span.DisplayName));
    }

    /// <summary>The multiplexer is found in the background.</summary>
    private static async Task<IDatabase> DatabaseAsync(RunningApp app, int number = -1)
    {
        await app.ScrapeUntilAsync(s => s.All(Reachable).Any(sample => sample.Value == 1));
        return app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase(number);
    }

    private sealed class Exported : IDisposable
    {
        private readonly Ended _ended = new();
        private readonly TracerProvider _provider;

        public Exported(Sampler? sampler = null, bool hearsUs = true) =>
            _provider = Sdk.CreateTracerProviderBuilder().AddSource("app").AddSource(hearsUs ? "CoLink.Observability.*" : "app").SetSampler(sampler ?? new AlwaysOnSampler()).AddProcessor(_ended).Build();

        public ActivitySource App { get; } = new("app");

        public Activity[] Commands => [.. _ended.Spans.Where(span => span.Source.Name == "CoLink.Observability.StackExchangeRedis")];

        public async Task<Activity[]> CommandsAsync(int count)
        {
            await Eventually.IsTrue(() => Commands.Length >= count);
            Assert.Equal(count, Commands.Length);
            return Commands;
        }

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
