using System.Security.Cryptography;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>How far the promise goes: the spool's cap, the seven days and the ten minutes that Loki takes. Each event beyond has its fate.</summary>
public sealed class OutageEdgesTests : IDisposable
{
    private const long Cap = 8 * 1024 * 1024;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");
    private readonly FakeTimeProvider _time = new(Some.Time);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task What_the_spool_has_no_room_for_is_the_oldest_and_is_counted_and_the_rest_is_delivered_once()
    {
        const int Events = 20_000;
        var tally = new EntryTally(Events);
        await using var loki = await StubLoki.StartAsync(_time, keep: tally.Keep);
        loki.Fault = _ => StubFault.Answer(503);
        await using var life = new SpooledLife(loki, _directory.FullName, _time, options => options.SpoolMaxBytes = Cap);
        for (var i = 0; i < Events; i++)
        {
            life.Emit($"event {i} {Convert.ToHexString(RandomNumberGenerator.GetBytes(600))}");
            if (i % 1_000 == 999)
                await life.AdvanceUntilAsync(() => life.Balance is { Queued: 0, InFlight: <= 1_000 }, TimeSpan.FromMilliseconds(100));
            Assert.InRange(life.Shipper.Door!.Spool?.Bytes ?? 0, 0, Cap);
        }

        loki.Fault = null;
        await life.AdvanceUntilAsync(() => life.Balance.Held == 0, TimeSpan.FromMilliseconds(100));

        var dropped = life.Balance.Of(LogFate.DroppedSpool);
        Assert.InRange(dropped, Events / 10, Events / 2);
        Assert.Equal((Events - dropped, Events - dropped), (life.Balance.Of(LogFate.Delivered), tally.Stored));
        Assert.Equal(0, tally.Twice);
        var missing = Enumerable.Range(0, Events).Where(number => !tally.Has(number)).ToArray();

        // Without a gap: but for what was in the replay's hands all along, the oldest.
        Assert.Equal(dropped, missing[^1] - missing[0] + 1);
        Assert.InRange(missing[0], 0, 1_000);
        Assert.Equal(0, life.Shipper.Door!.Spool!.Bytes);
    }

    /// <summary>An event a minute, half of which are older than seven days by the service's clock when Loki is back.</summary>
    /// <param name="ahead">How many minutes Loki's clock is ahead of the service's.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task What_is_older_than_seven_days_when_Loki_is_back_is_rejected_and_counted_and_what_is_younger_is_delivered(int ahead)
    {
        const int Events = 40;
        const int Younger = 20;
        await using var loki = await StubLoki.StartAsync(new Apart(_time, TimeSpan.FromMinutes(ahead)));
        loki.Fault = _ => StubFault.Answer(503);
        await using var life = new SpooledLife(loki, _directory.FullName, _time, options => options.BatchSize = 1);
        for (var i = 0; i < Events; i++)
        {
            life.Emit(1);
            await life.AdvanceUntilAsync(() => life.Balance.Queued == 0, TimeSpan.FromMilliseconds(50));
            _time.SetUtcNow(Some.Time.AddMinutes(i + 1));
        }

        await life.AdvanceUntilAsync(() => life.Balance is { Queued: 0, InFlight: <= 1 }, TimeSpan.FromMilliseconds(50));
        _time.SetUtcNow(Some.Time.AddDays(7).AddMinutes(Events - Younger - 0.5));
        loki.Fault = null;
        await life.AdvanceUntilAsync(() => life.Balance.Held == 0, TimeSpan.FromMilliseconds(50));

        // A clock ahead of the service's makes its events older; one behind it makes none younger than the service knows them to be.
        var tooOld = Events - Younger + Math.Max(ahead, 0);
        Assert.Equal((Events - tooOld, tooOld), (life.Balance.Of(LogFate.Delivered), life.Balance.Of(LogFate.Rejected)));
        Assert.Equal(tooOld, life.Balance.Refusals[(int)LogRefusal.TooOld]);
        Assert.Equal(Enumerable.Range(tooOld, Events - tooOld).Select(number => Some.Line($"event {number}")).Order(), loki.Lines.Order());
    }

    /// <summary>The clock of the service is wrong by almost as much as Loki takes, during an hour's outage and before and after it.</summary>
    /// <param name="seconds">How far Loki's clock is ahead of it.</param>
    /// <param name="tooNew">How many of the six Loki refuses: of the two that it is sent at once it takes neither.</param>
    [Theory]
    [InlineData(595, 0)]
    [InlineData(-595, 0)]
    [InlineData(-660, 2)]
    public async Task Ten_minutes_of_clock_error_lose_nothing_and_what_is_beyond_is_rejected_and_counted(int seconds, int tooNew)
    {
        await using var loki = await StubLoki.StartAsync(new Apart(_time, TimeSpan.FromSeconds(seconds)));
        await using var life = new SpooledLife(loki, _directory.FullName, _time);
        life.Emit(1);
        await life.AdvanceUntilAsync(() => life.Balance.Held == 0, TimeSpan.FromMilliseconds(20));

        loki.Fault = _ => StubFault.Answer(503);
        for (var i = 0; i < 4; i++)
        {
            life.Emit(1);
            await life.AdvanceUntilAsync(() => life.Balance.Queued == 0, TimeSpan.FromMilliseconds(20));
            _time.Advance(TimeSpan.FromMinutes(15));
        }

        loki.Fault = null;
        await life.AdvanceUntilAsync(() => life.Balance.Held == 0, TimeSpan.FromMilliseconds(20));
        life.Emit(1);
        await life.AdvanceUntilAsync(() => life.Balance.Held == 0, TimeSpan.FromMilliseconds(20));

        Assert.Equal((6 - tooNew, tooNew), (life.Balance.Of(LogFate.Delivered), life.Balance.Of(LogFate.Rejected)));
        Assert.Equal(tooNew, life.Balance.Refusals[(int)LogRefusal.TooNew]);
        Assert.Equal(6 - tooNew, loki.Lines.Distinct().Count());
        Assert.Equal(6 - tooNew, loki.Lines.Count);
    }

    /// <summary>Another machine's clock, which goes as this one does.</summary>
    private sealed class Apart(TimeProvider time, TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + ahead;
    }
}
