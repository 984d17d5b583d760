using System.Text;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Logging.Loki.Conformance;

/// <summary>What must be true of the way to Loki whichever Loki it is: the stub must not be kinder than the real one.</summary>
public abstract class LokiDeliverySuite : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Skips the test where there is none.</summary>
    private protected abstract Task<LokiUnderTest> StartAsync();

    [Fact]
    public async Task Every_event_is_stored_once_and_in_order_whatever_became_of_its_pushes()
    {
        await using var loki = await StartAsync();
        loki.Door.Next(StubFault.CutAfter, StubFault.Answer(503), StubFault.Answer(500).AfterStoring(), StubFault.CutBefore);
        await using var shipping = await Shipping.StartAsync(o => (o.BatchSize, o.Labels["run"]) = (100, loki.Run), loki: loki.Door);

        var messages = shipping.Emit(1000);
        await shipping.SettledAsync();

        Assert.Equal(1000, shipping.Balance.Of(LogFate.Delivered));
        Assert.Equal(messages.Select(Some.Line), (await loki.ReadAsync(1000)).Select(stored => stored.Line));
    }

    [Fact]
    public async Task Events_of_one_tick_keep_their_order_and_equal_ones_are_all_there()
    {
        await using var loki = await StartAsync();
        await using var shipping = await Shipping.StartAsync(o => o.Labels["run"] = loki.Run, loki: loki.Door);
        var tick = DateTimeOffset.UtcNow;

        for (var i = 0; i < 100; i++)
            shipping.Emit(i % 2 == 0 ? "the same" : $"number {i}", tick);
        await shipping.SettledAsync();

        Assert.Equal(Enumerable.Range(0, 100).Select(i => Some.Line(i % 2 == 0 ? "the same" : $"number {i}")), (await loki.ReadAsync(100)).Select(stored => stored.Line));
    }

    [Fact]
    public async Task What_an_outage_kept_waiting_goes_out_in_lanes_beside_what_is_new_and_once()
    {
        await using var loki = await StartAsync();
        await using var life = Life(loki, options => options.BatchSize = 50);
        var before = life.Emit(30);
        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == 30);

        loki.Door.Fault = _ => StubFault.Answer(503);
        var during = life.Emit(500);
        await Eventually.IsTrue(() => life.Balance is { Queued: 0, Spooled: > 0 });
        loki.Door.Fault = null;
        await Eventually.IsTrue(() => life.Balance.Held == 0);
        var after = life.Emit(20);
        await Eventually.IsTrue(() => life.Balance.Held == 0);

        Assert.Equal(550, life.Balance.Of(LogFate.Delivered));
        var stored = await loki.ReadAsync(550);
        Assert.Equal(Lines([.. before, .. during, .. after]), stored.Select(line => line.Line).Order());
        Assert.Contains(stored, line => line.Replay is not null);
        Assert.All(stored, line => Assert.Equal("messaging-0", line.Pod));
    }

    [Fact]
    public async Task What_a_process_leaves_in_its_spool_the_next_one_delivers_once()
    {
        await using var loki = await StartAsync();
        loki.Door.Fault = _ => StubFault.CutAfter;
        string[] left;
        await using (var first = Life(loki))
        {
            left = first.Emit(300);
            await Eventually.IsTrue(() => loki.Door.Pushes.Count > 0);
            await first.Shipper.StopAsync(Second);
            Assert.Equal(300, first.Balance.Spooled);
        }

        loki.Door.Fault = null;
        await using var second = Life(loki);
        await Eventually.IsTrue(() => second.Balance.Of(LogFate.Delivered) == 300);

        Assert.Equal(300, second.Balance.Adopted);
        Assert.Equal(Lines(left), (await loki.ReadAsync(300)).Select(line => line.Line).Order());
    }

    [Fact]
    public async Task What_was_written_ahead_by_a_process_that_was_killed_is_delivered_once()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "Needs a POSIX shell.");
        await using var loki = await StartAsync();
        StubFault?[] moods = [StubFault.TakeAndHang, StubFault.CutAfter, null];
        foreach (var (mood, round) in moods.Select((mood, round) => (mood, round)))
        {
            loki.Door.Fault = _ => mood;
            int acknowledged;
            using (var child = CrashProcess.Start("", "ship", _directory.FullName, loki.Door.Address.AbsoluteUri, $"r{round}-", loki.Run))
            {
                Assert.Equal("started", await child.LineAsync());
                var told = await child.LineAsync();
                acknowledged = (await child.KillAsync()).Prepend(told!).Where(line => line.StartsWith('+')).Max(line => int.Parse(line.AsSpan(1)));
            }

            loki.Door.Fault = null;
            await using var next = Life(loki);
            await Eventually.IsTrue(() => next.Shipper.Door!.Spool is not null && next.Balance.Held == 0);
            Assert.Equal(0, next.Balance.Of(LogFate.DroppedSpool) + next.Balance.Of(LogFate.Rejected));
            var lines = (await loki.ReadAsync(acknowledged)).Select(stored => stored.Line).ToArray();
            Assert.Empty(Enumerable.Range(0, acknowledged).Select(i => Some.Line($"r{round}-{i}")).Except(lines));
            Assert.Equal(lines.Length, lines.Distinct().Count());
        }
    }

    [Fact]
    public async Task Of_a_push_with_entries_that_are_too_new_the_others_are_stored()
    {
        await using var loki = await StartAsync();

        // The clock here is ahead.
        var now = DateTimeOffset.UtcNow;
        var balance = await DeliverAsync(loki, TimeSpan.FromMinutes(20), [.. Of(now, 93), .. Of(now.AddMinutes(15), 7)]);

        Assert.Equal((93, 7), (balance.Of(LogFate.Delivered), balance.Refusals[(int)LogRefusal.TooNew]));
        Assert.Equal(93, (await loki.ReadAsync(93)).Length);
    }

    [Fact]
    public async Task Of_a_push_with_entries_that_are_too_old_the_others_are_stored()
    {
        await using var loki = await StartAsync();

        // The clock here is behind.
        var now = DateTimeOffset.UtcNow;
        var balance = await DeliverAsync(loki, -TimeSpan.FromDays(2), [.. Of(now.AddDays(-8), 7), .. Of(now.AddDays(-6), 93)]);

        Assert.Equal((93, 7), (balance.Of(LogFate.Delivered), balance.Refusals[(int)LogRefusal.TooOld]));
        if (loki.ReadsOld)
            Assert.Equal(93, (await loki.ReadAsync(93)).Length);
    }

    [Fact]
    public async Task Of_a_push_with_entries_that_are_too_long_the_others_are_stored()
    {
        await using var loki = await StartAsync();
        var lines = Of(DateTimeOffset.UtcNow, 100);
        foreach (var bad in new[] { 0, 33, 99 })
            lines[bad].Line = new string('x', OpenBatches.LongestLine + 1);

        var balance = await DeliverAsync(loki, TimeSpan.Zero, lines);

        Assert.Equal((97, 3), (balance.Of(LogFate.Delivered), balance.Refusals[(int)LogRefusal.TooLong]));
        Assert.Equal(97, (await loki.ReadAsync(97)).Length);
    }

    [Fact]
    public async Task The_longest_line_that_is_sent_is_stored()
    {
        await using var loki = await StartAsync();

        var balance = await DeliverAsync(loki, TimeSpan.Zero, [(DateTimeOffset.UtcNow, new string('x', OpenBatches.LongestLine))]);

        Assert.Equal(1, balance.Of(LogFate.Delivered));
        Assert.Single(await loki.ReadAsync(1));
    }

    [Fact]
    public async Task Of_a_push_with_entries_that_are_too_far_behind_the_others_are_stored()
    {
        await using var loki = await StartAsync();
        var now = DateTimeOffset.UtcNow;
        await DeliverAsync(loki, TimeSpan.Zero, [(now, "newest")]);

        var balance = await DeliverAsync(loki, TimeSpan.Zero, [.. Of(now.AddMinutes(-70), 3), .. Of(now.AddMinutes(-50), 7)]);

        Assert.Equal((7, 3), (balance.Of(LogFate.Delivered), balance.Refusals[(int)LogRefusal.Refused]));
        Assert.Equal(8, (await loki.ReadAsync(8)).Length);
    }

    private static (DateTimeOffset At, string Line)[] Of(DateTimeOffset from, int lines) => [.. Enumerable.Range(0, lines).Select(i => (from.AddTicks(i), $"line {i}"))];

    private static IEnumerable<string> Lines(string[] messages) => messages.Select(Some.Line).Order();

    private SpooledLife Life(LokiUnderTest loki, Action<LokiOptions>? set = null) => new(loki.Door, _directory.FullName, set: options =>
    {
        options.Labels["run"] = loki.Run;
        set?.Invoke(options);
    });

    /// <summary>One batch, as the client sends it that has this clock.</summary>
    private static async Task<LogBalance> DeliverAsync(LokiUnderTest loki, TimeSpan ahead, (DateTimeOffset At, string Line)[] lines)
    {
        var (time, ledger) = (new Shifted(ahead), new LogLedger());
        var options = Some.Options(options => options.Labels["run"] = loki.Run);
        using var client = new LokiClient(loki.Door.Address, options, time);
        using var body = new PushBody();
        var batch = new PushBatch(Some.Labels(options).Of(Some.Event("a")).Labels);
        foreach (var (at, line) in lines)
        {
            ledger.Emitted();
            batch.Add(LokiTime.Of(at), Encoding.UTF8.GetBytes(line), null, null);
        }

        ledger.Took(lines.Length);
        var health = new LokiHealth("loki", time, new Some.Draw(1), NullLogger.Instance);
        using var delivery = new Delivery(batch, batch.Labels, client, body, ledger, health, time);

        // A real one may have enough for the moment.
        while (!await delivery.RunAsync(CancellationToken.None))
        {
            Assert.InRange(health.Wait, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            await Task.Delay(health.Wait);
        }

        Assert.Equal(0, ledger.Read().Held);
        return ledger.Read();
    }

    private sealed class Shifted(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
