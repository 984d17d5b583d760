using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What is on disk while a push is on its way, and when it has been answered.</summary>
public sealed class WrittenAheadTests : IAsyncLifetime
{
    private const int Events = 4;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("colink-spool-");
    private readonly RecordingTime _time = new();
    private StubLoki _loki = null!;

    public async ValueTask InitializeAsync() => _loki = await StubLoki.StartAsync(_time);

    public async ValueTask DisposeAsync()
    {
        await _loki.DisposeAsync();
        _directory.Delete(recursive: true);
        _copy.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true, Events)]
    [InlineData(false, 0)]
    public async Task A_process_that_is_killed_during_a_push_leaves_the_batch_to_the_next_where_it_writes_ahead(bool writesAhead, int left)
    {
        _loki.Fault = _ => StubFault.Hang;
        await using var life = await BeginAsync(writesAhead);

        life.Emit(Events);
        await Eventually.IsTrue(() => _loki.Pushes.Count == 1);

        Assert.Equal(left, await LeftToTheNextAsync());
    }

    [Fact]
    public async Task What_was_delivered_is_not_left_to_the_next()
    {
        var during = 0L;
        await using var life = await BeginAsync();
        _loki.Fault = _ =>
        {
            during = life.Shipper.Door!.Spool!.Bytes;
            return null;
        };

        life.Emit(Events);
        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == Events);
        await Eventually.IsTrue(() => life.Shipper.Door!.Spool!.Bytes == 0);

        Assert.NotEqual(0, during);
        Assert.Equal(0, await LeftToTheNextAsync());
    }

    [Fact]
    public async Task Of_a_batch_that_was_delivered_in_part_the_rest_is_left_to_the_next()
    {
        _loki.Fault = push => push.Entries.Count == Events ? StubFault.Answer(413) : push.Entries[0].Line == Some.Line("event 0") ? null : StubFault.Answer(503);
        await using var life = await BeginAsync();

        life.Emit(Events);
        await Eventually.IsTrue(() => life.Balance is { InFlight: 0, Spooled: Events / 2 });

        Assert.Equal(Events / 2, life.Balance.Of(LogFate.Delivered));
        Assert.Equal(Events / 2, await LeftToTheNextAsync());
    }

    /// <summary>A life whose replay has found nothing yet, and waits for something.</summary>
    private async Task<SpooledLife> BeginAsync(bool writesAhead = true)
    {
        var life = new SpooledLife(_loki, _directory.FullName, _time, o => (o.BatchSize, o.WriteAhead) = (Events, writesAhead));
        await _time.WaitedForAsync(TimeSpan.FromSeconds(1));
        return life;
    }

    /// <summary>How many events the next process would take over if this one were killed now: its files are as they are.</summary>
    private async Task<long> LeftToTheNextAsync()
    {
        foreach (var file in _directory.GetFiles("*.segment"))
        {
            await using var from = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using var to = File.Create(Path.Combine(_copy.FullName, file.Name));
            await from.CopyToAsync(to, TestContext.Current.CancellationToken);
        }

        var ledger = new LogLedger();
        using var next = LogSpool.Open(_copy.FullName, LokiOptions.DefaultSpoolMaxBytes, ledger, NullLogger.Instance);
        return ledger.Read().Adopted;
    }
}
