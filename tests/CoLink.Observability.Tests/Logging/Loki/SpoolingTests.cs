using System.Security.Cryptography;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What goes into the spool, what does not, and what the shipper knows of it meanwhile.</summary>
public sealed class SpoolingTests : IAsyncLifetime
{
    /// <summary>Before the second try, with the draw of a <see cref="SpooledLife"/>.</summary>
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(10);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");
    private readonly RecordingTime _time = new();
    private StubLoki _loki = null!;

    public async ValueTask InitializeAsync() => _loki = await StubLoki.StartAsync(_time);

    public async ValueTask DisposeAsync()
    {
        await _loki.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task While_Loki_takes_what_it_is_sent_nothing_takes_the_way_through_the_spool()
    {
        await using var life = await BeginAsync(o => o.BatchSize = 10);

        life.Emit(30);
        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == 30);

        Assert.DoesNotContain("replay=", Assert.Single(_loki.Streams).Key, StringComparison.Ordinal);
        Assert.Equal(0, life.Shipper.Door!.Spool!.Bytes);
    }

    [Fact]
    public async Task While_Loki_takes_nothing_batch_after_batch_goes_to_the_spool_and_its_oldest_event_is_the_oldest_that_is_held()
    {
        await using var life = await BeginAsync(o => o.BatchSize = 10);
        _loki.Fault = _ => StubFault.Answer(503);

        life.Emit(30);
        await Eventually.IsTrue(() => life.Balance is { Queued: 0, InFlight: 0, Spooled: 30 });

        Assert.Equal((Some.Time, Some.Time), (_time.GetUtcNow(), life.Shipper.OldestHeld));
        Assert.Single(_loki.Pushes);
    }

    [Fact]
    public async Task What_comes_into_the_spool_is_sent_again_as_soon_as_Loki_may_be_asked_again()
    {
        await using var life = await BeginAsync(o => o.BatchSize = 10);
        _loki.Next(StubFault.Answer(503));

        life.Emit(10);
        await _time.AdvanceOverAsync(Backoff);

        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == 10);
        Assert.Equal(Some.Time + Backoff, _time.GetUtcNow());
    }

    [Fact]
    public async Task A_batch_that_is_larger_than_the_spool_waits_in_memory_until_Loki_takes_it()
    {
        await using var life = await BeginAsync(o => (o.BatchSize, o.SpoolMaxBytes) = (1, 1024));
        _loki.Next(StubFault.Answer(503));

        life.Emit(Large());
        await _time.AdvanceOverAsync(Backoff);

        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == 1);
        Assert.Single(_loki.Lines);
    }

    [Fact]
    public async Task What_is_on_its_way_out_of_the_spool_is_held_also_where_its_room_there_was_needed()
    {
        await using var life = await BeginAsync(o => (o.BatchSize, o.SpoolMaxBytes) = (1, 64 * 1024));
        _loki.Next(StubFault.Answer(503), StubFault.Hang);
        _loki.Fault = _ => StubFault.Answer(503);
        life.Emit(Large());
        await _time.AdvanceOverAsync(Backoff);
        await Eventually.IsTrue(() => _loki.Pushes.Count == 2);

        for (var i = 0; i < 40; i++)
            life.Emit(Large());
        await Eventually.IsTrue(() => life.Balance is { Queued: 0, InFlight: 1 } && life.Balance.Of(LogFate.DroppedSpool) > 0);

        Assert.Equal(Some.Time, life.Shipper.OldestHeld);
    }

    /// <summary>A life whose replay has found nothing yet, and waits for something.</summary>
    private async Task<SpooledLife> BeginAsync(Action<LokiOptions> set)
    {
        var life = new SpooledLife(_loki, _directory.FullName, _time, set);
        await _time.WaitedForAsync(TimeSpan.FromSeconds(1));
        return life;
    }

    /// <summary>Two kilobytes also when it is compressed.</summary>
    private static string Large() => Convert.ToHexString(RandomNumberGenerator.GetBytes(2048));
}
