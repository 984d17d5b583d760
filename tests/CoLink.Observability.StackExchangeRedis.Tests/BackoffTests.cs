using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.StackExchangeRedis.Tests.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Tests;

public sealed class BackoffTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private static readonly RedisConnectionException Away = new(ConnectionFailureType.UnableToConnect, CommandFlags.None, "away", null, CommandStatus.Unknown);

    private readonly FakeTimeProvider _time = new();
    private readonly StubMultiplexer _multiplexer = StubMultiplexer.New();

    [Fact]
    public async Task A_server_that_does_not_answer_is_asked_less_and_less_often_until_it_does()
    {
        await using var app = await StartAsync();

        // 30 s after the first failure, then 60, 120, 240, and every 300 s, in ticks of 15 s.
        await PassAsync(app, 0, 75, [0, 2, 6, 14, 30, 50, 70], Away);
        var scrape = await app.ScrapeAsync();
        Assert.Equal(0, Reachable(scrape));
        Assert.Null(Memory(scrape));

        // Once it answers, it is asked at every tick.
        await PassAsync(app, 76, 100, [.. Enumerable.Range(90, 11)], null);
        scrape = await app.ScrapeAsync();
        Assert.Equal(1, Reachable(scrape));
        Assert.Equal(4711, Memory(scrape));
    }

    [Fact]
    public async Task One_question_at_a_time_is_open_at_a_server_that_does_not_answer()
    {
        await using var app = await StartAsync();
        await Eventually.IsTrue(() => _multiplexer.Pings == 1);


        // A question is late by the clock as it was asked, which may have been moved on before.
        for (var tick = 1; tick <= 20 || Reachable(await app.ScrapeAsync()) != 0; tick++)
            await TickAsync();
        Assert.Equal(1, _multiplexer.Pings);

        // The answer comes after all, and with it the back-off ends.
        _multiplexer.Answer(null);
        await TickAsync();
        await Eventually.IsTrue(() => _multiplexer.Pings == 2);
        _multiplexer.Answer(null);
        await app.ScrapeUntilAsync(s => Reachable(s) == 1);
    }

    [Fact]
    public async Task An_answer_that_is_an_unforeseen_exception_costs_the_series_and_is_counted()
    {
        await using var app = await StartAsync();
        await PassAsync(app, 0, 0, [0], null);
        Assert.Equal(1, Reachable(await app.ScrapeAsync()));

        await PassAsync(app, 1, 1, [1], new InvalidCastException());

        var scrape = await app.ScrapeAsync();
        Assert.Null(Reachable(scrape));
        Assert.Null(Memory(scrape));
        Assert.Equal(1, scrape.Value("colink_telemetry_observer_errors_total", ("observer", "redis")));
    }

    private Task<RunningApp> StartAsync() => RedisApp.StartAsync(
        services => services.AddSingleton<TimeProvider>(_time).AddSingleton((IConnectionMultiplexer)(object)_multiplexer),
        options => options.PollInterval = Interval);

    /// <summary>Lets ticks pass, the first at once, and answers what is asked, which must be at the given ones and no other.</summary>
    private async Task PassAsync(RunningApp app, int first, int last, int[] askedAt, Exception? failure)
    {
        var asked = _multiplexer.Pings - (first == 0 ? _multiplexer.Pings : 0);
        for (var tick = first; tick <= last; tick++)
        {
            if (tick > 0)
                await TickAsync();
            if (!askedAt.Contains(tick))
                continue;
            asked++;
            await Eventually.IsTrue(() => _multiplexer.Pings >= asked);
            await AnswerAsync(app, failure);
        }

        Assert.Equal(asked, _multiplexer.Pings);
    }

    /// <summary>Answers, and waits until that is said, which is the last of a question: a tick before would find it open.</summary>
    private async Task AnswerAsync(RunningApp app, Exception? failure)
    {
        const double Unsaid = -1;
        var reachable = app.Services.GetRequiredService<MetricRegistry>().Gauge(CacheCatalogue.Reachable);
        reachable.Set(Unsaid, "stub:6379");
        _multiplexer.Answer(failure);
        await Eventually.IsTrue(() => reachable.Read(["stub:6379"]) != Unsaid);
    }

    private async Task TickAsync()
    {
        await Eventually.IsTrue(() => _multiplexer.Ticks > 0);
        var ticks = _multiplexer.Ticks;
        _time.Advance(Interval);
        await Eventually.IsTrue(() => _multiplexer.Ticks > ticks);
    }

    private static double? Reachable(Scrape scrape) => scrape.Value(RedisApp.Reachable, ("server", "stub:6379"));

    private static double? Memory(Scrape scrape) => scrape.Value(RedisApp.Memory, ("server", "stub:6379"));
}
