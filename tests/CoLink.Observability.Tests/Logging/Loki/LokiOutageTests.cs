using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>While Loki is away, slow or of another opinion. Whatever it does, each event has one fate.</summary>
public sealed class LokiOutageTests
{
    private const int Unreachable = 165;
    private const int Misconfigured = 166;
    private const int TakesAgain = 167;
    private const int Refused = 168;
    private const int QueueFull = 169;
    private const int QueueHasRoom = 170;
    private const int Oversized = 172;

    public static TheoryData<string> Faults { get; } =
        ["503", "500", "429", "408", "401", "403", "404", "307", "cut before", "cut after", "stored and 500", "Retry-After"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task After_any_trouble_everything_arrives_once(string fault)
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 20);
        shipping.Loki.Next(Enumerable.Repeat(Fault(fault), 4));

        var messages = shipping.Emit(100);
        await shipping.SettledAsync();

        Assert.Equal(messages.Select(Some.Line), shipping.Loki.Lines);
        Assert.Equal(100, shipping.Balance.Of(LogFate.Delivered));
        Assert.InRange(shipping.Loki.Pushes.Count, 9, 20);
    }

    [Fact]
    public async Task Loki_may_come_later_than_the_service()
    {
        var port = FreePort.Next();
        await using var nobody = await StubLoki.StartAsync(port: port);
        await nobody.DisposeAsync();
        await using var shipping = await Shipping.StartAsync(loki: nobody);
        var messages = shipping.Emit(10);
        await Eventually.IsTrue(() => shipping.Logs.Of(Unreachable).Any());

        await using var loki = await StubLoki.StartAsync(port: port);
        await shipping.SettledAsync();

        Assert.Equal(messages.Select(Some.Line), loki.Lines);
    }

    [Fact]
    public async Task The_wait_between_two_tries_doubles()
    {
        var time = new RecordingTime();
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 1, time, draw: 1);
        shipping.Loki.Fault = _ => StubFault.Answer(503);
        shipping.Emit(1);

        foreach (var seconds in new[] { 0.5, 1, 2, 4, 8, 16, 32, 60, 60 })
            await time.AdvanceOverAsync(TimeSpan.FromSeconds(seconds));

        shipping.Loki.Fault = null;
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Sun, 22 Nov 2026 12:00:42 GMT", 42)]
    [InlineData("86400", 300)]
    [InlineData("0", 0.5)]
    public async Task What_Loki_asks_for_is_waited(string header, double seconds)
    {
        var time = new RecordingTime();
        await using var shipping = await Shipping.StartAsync(o => (o.BatchSize, o.Timeout) = (1, TimeSpan.FromSeconds(11)), time, draw: 1);
        shipping.Loki.Next(StubFault.Later(429, header));
        shipping.Emit(1);

        await time.AdvanceOverAsync(TimeSpan.FromSeconds(seconds));
        await shipping.SettledAsync();
    }

    [Fact]
    public async Task An_outage_is_said_once_and_its_end_once()
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 1);
        shipping.Loki.Next(StubFault.Answer(503), StubFault.CutBefore, StubFault.Answer(429), StubFault.Answer(503));

        shipping.Emit(20);
        await shipping.SettledAsync();

        Assert.Contains("503", Assert.Single(shipping.Logs.Of(Unreachable)).Message, StringComparison.Ordinal);
        Assert.Single(shipping.Logs.Of(TakesAgain));

        shipping.Loki.Next(StubFault.CutBefore);
        shipping.Emit(1);
        await shipping.SettledAsync();
        Assert.Equal((2, 2), (shipping.Logs.Of(Unreachable).Count(), shipping.Logs.Of(TakesAgain).Count()));
    }

    [Fact]
    public async Task Without_trouble_nothing_is_said()
    {
        await using var shipping = await Shipping.StartAsync();
        shipping.Emit(100);
        await shipping.SettledAsync();

        Assert.Empty(shipping.Logs.Lines);
    }

    [Theory]
    [InlineData(401, "BearerToken")]
    [InlineData(403, "Tenant")]
    [InlineData(404, "Url")]
    [InlineData(301, "points elsewhere")]
    [InlineData(418, "Url")]
    public async Task What_an_operator_must_mend_is_an_error_said_once(int status, string advice)
    {
        await using var shipping = await Shipping.StartAsync(o => (o.BatchSize, o.BearerToken) = (1, "correct-horse"));
        shipping.Loki.Next(Enumerable.Repeat(StubFault.Answer(status, "no\nentry"), 3));

        shipping.Emit(5);
        await shipping.SettledAsync();

        var told = Assert.Single(shipping.Logs.Of(Misconfigured));
        Assert.Equal(LogLevel.Error, told.Level);
        Assert.Contains($"status {status}: no entry", told.Message, StringComparison.Ordinal);
        Assert.Contains(advice, told.Message, StringComparison.Ordinal);
        Assert.Contains(shipping.Loki.Address.ToString(), told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(shipping.Logs.Lines, line => line.Message.Contains("correct-horse", StringComparison.Ordinal));
        Assert.Single(shipping.Logs.Of(TakesAgain));
        Assert.Empty(shipping.Logs.Of(Unreachable));
    }

    [Fact]
    public async Task Each_reason_of_a_refusal_is_said_once()
    {
        var lokiTime = new Some.Clock();
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 10, new FakeTimeProvider(Some.Time), lokiTime: lokiTime);
        lokiTime.Ahead = -TimeSpan.FromMinutes(20);

        shipping.Emit(30);
        await shipping.SettledAsync();
        shipping.Emit("eight days", Some.Time.AddDays(-8));
        shipping.Shipper.Sink.Emit(Some.Event(new string('x', 300_000)));
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);

        Assert.Equal([0, 1, 30, 1, 0], shipping.Balance.Refusals);
        Assert.Equal(3, shipping.Logs.Of(Refused).Count());
        Assert.All(new[] { "too_new", "too_old", "too_long" }, reason => Assert.Single(shipping.Logs.Of(Refused), line => line.Message.Contains(reason, StringComparison.Ordinal)));
        Assert.All(shipping.Logs.Of(Refused), line => Assert.Contains("colink_telemetry_log_events_rejected_total", line.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_that_is_too_large_is_said_once()
    {
        await using var shipping = await Shipping.StartAsync();
        shipping.Loki.Fault = _ => StubFault.Answer(413, "too large");

        shipping.Emit(10);
        await shipping.SettledAsync();

        Assert.Equal(10, shipping.Balance.Of(LogFate.Oversized));
        Assert.Single(shipping.Logs.Of(Oversized));
    }

    [Fact]
    public async Task Events_beyond_the_queue_are_dropped_counted_and_said_once()
    {
        await using var shipping = await Shipping.StartAsync(o => (o.QueueLimit, o.BatchSize) = (100, 10), new FakeTimeProvider(Some.Time));
        shipping.Loki.Fault = _ => StubFault.Answer(503);
        shipping.Emit(10);
        await Eventually.IsTrue(() => shipping.Loki.Pushes.Count == 1);

        shipping.Emit(150);

        Assert.Equal((100, 10, 50), (shipping.Balance.Queued, shipping.Balance.InFlight, shipping.Balance.Of(LogFate.DroppedQueue)));
        await Eventually.IsTrue(() => shipping.Logs.Of(QueueFull).Any());
        shipping.Loki.Fault = null;
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);
        await Eventually.IsTrue(() => shipping.Logs.Of(QueueHasRoom).Any());

        Assert.Equal((110, 110), (shipping.Balance.Of(LogFate.Delivered), shipping.Loki.Lines.Count));
        Assert.Contains("100", Assert.Single(shipping.Logs.Of(QueueFull)).Message, StringComparison.Ordinal);
        Assert.Contains("50 were dropped", Assert.Single(shipping.Logs.Of(QueueHasRoom)).Message, StringComparison.Ordinal);
    }

    private static StubFault Fault(string name) => name switch
    {
        "cut before" => StubFault.CutBefore,
        "cut after" => StubFault.CutAfter,
        "stored and 500" => StubFault.Answer(500).AfterStoring(),
        "Retry-After" => StubFault.Later(429, "0"),
        _ => StubFault.Answer(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
