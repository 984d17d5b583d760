using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What becomes of events while Loki takes none, where there is a directory for them.</summary>
public sealed class SpooledShippingTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task What_an_outage_kept_waiting_is_delivered_once_and_what_is_new_beside_it()
    {
        await using var loki = await StubLoki.StartAsync();
        await using var life = new SpooledLife(loki, _directory.FullName, set: options => options.BatchSize = 50);
        var before = life.Emit(30);
        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == 30);

        loki.Fault = _ => StubFault.Answer(503);
        var during = life.Emit(500);
        await Eventually.IsTrue(() => life.Balance.Spooled + life.Balance.InFlight == 500 && life.Balance.Spooled > 0);
        Assert.True(life.Shipper.Door!.Spool!.Bytes > 0);
        loki.Fault = null;
        await Eventually.IsTrue(() => life.Balance.Held == 0);
        var after = life.Emit(20);
        await Eventually.IsTrue(() => life.Balance.Held == 0);

        Assert.Equal(Lines([.. before, .. during, .. after]), loki.Lines.Order());
        Assert.Equal(550, life.Balance.Of(LogFate.Delivered));
        Assert.Contains(loki.Streams.Keys, stream => stream.Contains("replay=", StringComparison.Ordinal) && stream.Contains("pod=\"messaging-0\"", StringComparison.Ordinal));
    }

    /// <summary>Three hours are too far behind for the stream itself, eight days for Loki.</summary>
    [Theory]
    [InlineData(3 * 60, 0)]
    [InlineData(8 * 24 * 60, 1)]
    public async Task An_outage_loses_nothing_but_what_is_older_than_Loki_takes(int minutes, int tooOldDays)
    {
        var time = new FakeTimeProvider(Some.Time);
        await using var loki = await StubLoki.StartAsync(time);
        await using var life = new SpooledLife(loki, _directory.FullName, time);
        life.Emit(1);
        await life.AdvanceUntilAsync(() => life.Balance.Of(LogFate.Delivered) == 1, TimeSpan.FromSeconds(1));

        loki.Fault = _ => StubFault.Answer(503);
        var kept = new List<string>();
        var emitted = 1;
        for (var step = 0; step < 48; step++)
        {
            var made = life.Emit(5);
            emitted += 5;
            if (tooOldDays == 0 || step * minutes / 48.0 > (tooOldDays * 24 * 60) + 60)
                kept.AddRange(made);
            await life.AdvanceUntilAsync(() => life.Balance.Queued == 0 && life.Balance.Spooled + life.Balance.InFlight + life.Balance.Of(LogFate.Rejected) == emitted - 1, TimeSpan.FromMilliseconds(50));
            time.Advance(TimeSpan.FromMinutes(minutes / 48.0));
        }

        loki.Fault = null;
        await life.AdvanceUntilAsync(() => life.Balance.Held == 0, TimeSpan.FromSeconds(2));

        Assert.Equal(emitted, life.Balance.Of(LogFate.Delivered) + life.Balance.Of(LogFate.Rejected));
        Assert.Equal(life.Balance.Of(LogFate.Rejected), life.Balance.Refusals[(int)LogRefusal.TooOld]);
        if (tooOldDays == 0)
            Assert.Equal(0, life.Balance.Of(LogFate.Rejected));
        else
            Assert.InRange(life.Balance.Of(LogFate.Rejected), 1, emitted / 4);
        Assert.Subset(loki.Lines.ToHashSet(), Lines([.. kept]).ToHashSet());
        Assert.Equal(loki.Lines.Count, loki.Lines.Distinct().Count());
    }

    [Fact]
    public async Task What_a_process_leaves_behind_the_next_one_delivers()
    {
        await using var loki = await StubLoki.StartAsync();
        loki.Fault = _ => StubFault.Answer(503);
        string[] left;
        await using (var first = new SpooledLife(loki, _directory.FullName))
        {
            left = first.Emit(300);
            await first.Shipper.StopAsync(TimeSpan.FromSeconds(5));
            await Eventually.IsTrue(() => first.Balance.Spooled == 300);
            Assert.Equal(0, first.Balance.Fates.Sum());
        }

        loki.Fault = null;
        await using var second = new SpooledLife(loki, _directory.FullName);
        await Eventually.IsTrue(() => second.Balance.Of(LogFate.Delivered) == 300);

        Assert.Equal(300, second.Balance.Adopted);
        Assert.Equal(Lines(left), loki.Lines.Order());
    }

    [Fact]
    public async Task Where_Loki_hangs_the_end_is_bounded_and_what_is_left_is_in_the_spool()
    {
        await using var loki = await StubLoki.StartAsync();
        loki.Fault = _ => StubFault.Hang;
        await using var life = new SpooledLife(loki, _directory.FullName);
        life.Emit(200);
        await Eventually.IsTrue(() => loki.Pushes.Count > 0);

        await life.Shipper.StopAsync(TimeSpan.FromMilliseconds(200));

        // What has no time left is written beside the end, which waits for it a second.
        await Eventually.IsTrue(() => life.Balance.Spooled == 200);
    }

    /// <summary>A push that was taken and whose answer was lost: asked again under its own stream, where Loki knows it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_push_whose_answer_was_lost_shows_each_line_once(bool hangs)
    {
        await using var loki = await StubLoki.StartAsync();
        loki.Next(hangs ? StubFault.TakeAndHang : StubFault.CutAfter);
        await using var life = new SpooledLife(loki, _directory.FullName, set: options => (options.Timeout, options.BatchSize, options.BatchPeriod) = (TimeSpan.FromSeconds(hangs ? 2 : 30), 40, TimeSpan.FromMinutes(1)));
        var lines = life.Emit(40);

        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == 40);

        Assert.Equal(Lines(lines), loki.Lines.Order());
        Assert.Single(loki.Streams);
        Assert.True(loki.Duplicates > 0);
    }

    /// <summary>The same where the stream has gone on by more than an hour before it can be asked.</summary>
    [Fact]
    public async Task What_was_attempted_and_is_too_far_behind_takes_its_lane()
    {
        var time = new FakeTimeProvider(Some.Time);
        await using var loki = await StubLoki.StartAsync(time);
        loki.Fault = _ => StubFault.CutBefore;
        string[] left;
        await using (var first = new SpooledLife(loki, _directory.FullName, time))
        {
            left = first.Emit(10);
            await first.AdvanceUntilAsync(() => first.Balance.Spooled + first.Balance.InFlight == 10 && loki.Pushes.Count > 0, TimeSpan.FromMilliseconds(50));
            await first.Shipper.StopAsync(TimeSpan.FromSeconds(1));
        }

        // Another process of the same name went on without the directory.
        loki.Fault = null;
        time.Advance(TimeSpan.FromHours(2));
        await using (var other = new SpooledLife(loki, null, time))
        {
            other.Emit("meanwhile");
            await other.AdvanceUntilAsync(() => other.Balance.Of(LogFate.Delivered) == 1, TimeSpan.FromMilliseconds(50));
        }

        await using var second = new SpooledLife(loki, _directory.FullName, time);
        await second.AdvanceUntilAsync(() => second.Balance.Of(LogFate.Delivered) == 10, TimeSpan.FromMilliseconds(200));

        Assert.Equal(0, second.Balance.Of(LogFate.Rejected));
        Assert.Equal(Lines([.. left, "meanwhile"]), loki.Lines.Order());
    }

    [Fact]
    public async Task A_spool_that_cannot_be_used_is_said_once_and_events_wait_in_memory()
    {
        await using var loki = await StubLoki.StartAsync();
        loki.Fault = _ => StubFault.Answer(503);
        var file = Path.Combine(_directory.FullName, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await using var life = new SpooledLife(loki, Path.Combine(file, "spool"));
        var lines = life.Emit(100);
        await Eventually.IsTrue(() => loki.Pushes.Count > 1);
        loki.Fault = null;
        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == 100);

        Assert.Single(life.Logs.Of(173));
        Assert.Equal(Lines(lines), loki.Lines.Order());
    }

    [Fact]
    public async Task A_payload_that_is_none_of_ours_is_dropped_and_counted_and_what_is_behind_it_is_delivered()
    {
        await using var loki = await StubLoki.StartAsync();
        loki.Fault = _ => StubFault.Answer(503);
        var earlier = new LogLedger();
        using (var spool = LogSpool.Open(_directory.FullName, LokiOptions.DefaultSpoolMaxBytes, earlier, NullLogger.Instance)!)
        {
            earlier.Took(3);
            Assert.True(spool.TryAppend("no push"u8, new SpoolHeader(3, 1, 2, Attempted: false)));
        }

        string[] lines;
        await using (var first = new SpooledLife(loki, _directory.FullName))
        {
            lines = first.Emit(20);
            await Eventually.IsTrue(() => first.Balance.Of(LogFate.DroppedSpool) == 3);
            await first.Shipper.StopAsync(TimeSpan.FromSeconds(5));
        }

        loki.Fault = null;
        await using var life = new SpooledLife(loki, _directory.FullName);
        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == 20 && life.Balance.Held == 0);
        Assert.Equal(Lines(lines), loki.Lines.Order());
    }

    private static IEnumerable<string> Lines(string[] messages) => messages.Select(Some.Line).Order();
}
