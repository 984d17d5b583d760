using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>Loki is down for an hour in which a thousand events a second are logged, and comes back, without the waiting.</summary>
[Collection(nameof(ProcessWide))]
public sealed class LongOutageTests : IDisposable
{
    private const int ASecond = 1_000;
    private const int Before = 10 * ASecond;
    private const int During = 3_600 * ASecond;

    /// <summary>While so many old ones go out, a second of new ones is logged.</summary>
    private const int OldASecond = 20 * ASecond;

    private const int After = During / OldASecond * ASecond;
    private const int MostQueued = 10 * ASecond;
    private const long Bound = 64 * 1024 * 1024;

    /// <summary>A line is as long as those of services are.</summary>
    private static readonly string Rest = string.Concat(Enumerable.Repeat(" Message of 512 bytes to general stored in 12.5 ms.", 6));

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");
    private readonly FakeTimeProvider _time = new(Some.Time);
    private readonly EntryTally _tally = new(Before + During + After);
    private int _emitted;
    private long _before;
    private long _most;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task It_loses_nothing_delivers_each_event_once_and_takes_less_than_64_MiB()
    {
        await using var loki = await StubLoki.StartAsync(_time, keep: _tally.Keep);
        await using var life = new SpooledLife(loki, _directory.FullName, _time, options => options.Timeout = TimeSpan.FromMinutes(5));
        await UpAsync(life);
        _before = Memory();

        loki.Fault = _ => StubFault.Answer(503);
        await DownAsync(life);
        Assert.Equal((Before, During), (_tally.Stored, life.Balance.Held));
        Assert.InRange(life.Balance.Spooled, During - ASecond, During);
        var onDisk = life.Shipper.Door!.Spool!.Bytes;

        loki.Fault = null;
        await BackAsync(life);
        Measure();

        Assert.Equal(_emitted, life.Balance.Of(LogFate.Delivered));
        Assert.Equal((_emitted, 0), (_tally.Stored, _tally.Twice));
        Assert.Equal(0, life.Shipper.Door.Spool.Bytes);
        Assert.Empty(Directory.GetFiles(_directory.FullName, "*.segment"));
        TestContext.Current.TestOutputHelper?.WriteLine($"At most {_most / 1024 / 1024} MiB in use, {onDisk / 1024 / 1024} MiB on disk, {loki.Duplicates} came twice, streams {string.Join(' ', _tally.Streams)}.");
    }

    private async Task UpAsync(SpooledLife life)
    {
        while (_emitted < Before)
            await SecondAsync(life);
        await life.AdvanceUntilAsync(() => life.Balance.Of(LogFate.Delivered) == Before, TimeSpan.FromMilliseconds(100));
    }

    private async Task DownAsync(SpooledLife life)
    {
        while (_emitted < Before + During)
        {
            await SecondAsync(life);
            if (_emitted % (40 * ASecond) == 0)
                Measure();
        }

        // What is in the replay's hands, with which it asks, stays there.
        await life.AdvanceUntilAsync(() => life.Balance is { Queued: 0, InFlight: <= ASecond }, TimeSpan.FromMilliseconds(100));
    }

    /// <summary>New events go out under their own stream, none behind the old ones, and the old ones beside them.</summary>
    private async Task BackAsync(SpooledLife life)
    {
        await life.AdvanceUntilAsync(() => life.Balance.Of(LogFate.Delivered) > Before, TimeSpan.FromMilliseconds(100));
        var first = _emitted;
        var beside = 0;
        while (life.Balance is { Spooled: > 0 } balance)
        {
            beside = _tally.InOwnStream - Before;
            if (_emitted < Before + During + After)
                await SecondAsync(life);
            await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) >= balance.Of(LogFate.Delivered) + OldASecond || life.Balance.Spooled == 0);
            Measure();
        }

        await life.AdvanceUntilAsync(() => life.Balance.Held == 0, TimeSpan.FromMilliseconds(100));
        Assert.InRange(beside, After / 2, After + ASecond);
        Assert.All(Enumerable.Range(first, _emitted - first), number => Assert.False(_tally.IsInLane(number)));
    }

    /// <summary>What is logged in a second, and the second.</summary>
    private async Task SecondAsync(SpooledLife life)
    {
        var start = _time.GetUtcNow();
        for (var i = 0; i < ASecond; i++, _emitted++)
            life.Shipper.Sink.Emit(Some.Event($"event {_emitted}{Rest}", start.AddMilliseconds(i)));
        await Eventually.IsTrue(() => life.Balance.Queued < MostQueued);
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private void Measure()
    {
        _most = Math.Max(_most, Memory() - _before);
        Assert.InRange(_most, long.MinValue, Bound);
    }

    /// <summary>What is in use, by the stub as well, but for its tally, which is there from the beginning.</summary>
    private static long Memory()
    {
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
