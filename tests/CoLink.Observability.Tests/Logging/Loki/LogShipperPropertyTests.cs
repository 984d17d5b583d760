using System.Globalization;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CsCheck;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>Any sequence of events and of trouble ends with every event accounted for, and with everything that Loki does not refuse stored there once.</summary>
public sealed class LogShipperPropertyTests
{
    private const int LongestLine = 500;

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (6, Gen.Int[1, 60].Select(events => (Step)new Emit("good", events))),
        (2, Gen.Int[1, 5].Select(events => (Step)new Emit("long", events))),
        (2, Gen.Int[1, 5].Select(events => (Step)new Emit("late", events))),
        (6, Gen.Select(Gen.OneOf(Array.ConvertAll(new[] { "cut", "take and cut", "hang", "take and hang", "429", "500", "take and 500", "503", "401" }, Gen.Const)), Gen.Int[1, 5]).Select(trouble => (Step)new Trouble(trouble.Item1, trouble.Item2))),
        (2, Gen.Const((Step)new Recover())));

    [Fact]
    public Task Given_time_everything_that_is_not_refused_is_delivered_once() => Steps.Array[1, 15].SampleAsync(
        async steps =>
        {
            await using var shipping = await StartAsync();
            var emitted = await RunAsync(shipping, steps);
            await shipping.SettledAsync();

            var (stored, balance) = (shipping.Loki.Lines, shipping.Balance);
            Assert.Equal(stored.Count, stored.Distinct().Count());
            Assert.Equal(emitted.Count, balance.Of(LogFate.Delivered) + balance.Of(LogFate.Rejected));
            Assert.Equal(stored.Count, balance.Of(LogFate.Delivered));
            Assert.Empty(emitted.Where(message => message.StartsWith("good", StringComparison.Ordinal)).Select(Some.Line).Except(stored));
            Assert.Equal(emitted.Count(message => message.StartsWith("long", StringComparison.Ordinal)), balance.Refusals[(int)LogRefusal.TooLong]);
            Assert.DoesNotContain(stored, line => line.Length > LongestLine);
        },
        iter: 40, threads: 1);

    [Fact]
    public Task Without_time_everything_is_delivered_refused_or_dropped() => Steps.Array[1, 10].SampleAsync(
        async steps =>
        {
            await using var shipping = await StartAsync();
            var emitted = await RunAsync(shipping, steps);
            await shipping.Shipper.StopAsync(TimeSpan.Zero);

            var (stored, balance) = (shipping.Loki.Lines, shipping.Balance);
            Assert.Equal(0, balance.Held);
            Assert.Equal(emitted.Count, balance.Of(LogFate.Delivered) + balance.Of(LogFate.Rejected) + balance.Of(LogFate.DroppedShutdown));

            // A push whose answer was not awaited may be stored, and what is counted as delivered is.
            Assert.InRange(balance.Of(LogFate.Delivered), 0, stored.Count);
            Assert.Equal(stored.Count, stored.Distinct().Count());
        },
        iter: 40, threads: 1);

    private static async Task<Shipping> StartAsync()
    {
        var shipping = await Shipping.StartAsync(o => (o.BatchSize, o.BatchPeriod, o.Timeout) = (25, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(100)), draw: 0.001);
        shipping.Loki.LongestLine = LongestLine;
        return shipping;
    }

    private static async Task<List<string>> RunAsync(Shipping shipping, Step[] steps)
    {
        var emitted = new List<string>();
        foreach (var step in steps)
        {
            switch (step)
            {
                case Emit(var kind, var events):
                    for (var i = 0; i < events; i++)
                    {
                        var message = string.Create(CultureInfo.InvariantCulture, $"{kind} {emitted.Count}{(kind == "long" ? new string('x', LongestLine) : "")}");
                        shipping.Emit(message, kind == "late" ? DateTimeOffset.UtcNow.AddHours(-2) : null);
                        emitted.Add(message);
                    }

                    break;
                case Trouble(var kind, var pushes):
                    shipping.Loki.Next(Enumerable.Repeat(Fault(kind), pushes));
                    break;
                default:
                    await shipping.SettledAsync();
                    break;
            }
        }

        return emitted;
    }

    private static StubFault Fault(string kind) => kind switch
    {
        "cut" => StubFault.CutBefore,
        "take and cut" => StubFault.CutAfter,
        "hang" => StubFault.Hang,
        "take and hang" => StubFault.TakeAndHang,
        "take and 500" => StubFault.Answer(500).AfterStoring(),
        _ => StubFault.Answer(int.Parse(kind, CultureInfo.InvariantCulture)),
    };

    private abstract record Step;

    /// <param name="Kind">Good ones are taken, long ones are refused without a count, late ones with one where the stream is ahead of them.</param>
    /// <param name="Events">How many.</param>
    private sealed record Emit(string Kind, int Events) : Step;

    /// <param name="Kind">What goes wrong.</param>
    /// <param name="Pushes">With how many of the next pushes.</param>
    private sealed record Trouble(string Kind, int Pushes) : Step;

    private sealed record Recover : Step;
}
