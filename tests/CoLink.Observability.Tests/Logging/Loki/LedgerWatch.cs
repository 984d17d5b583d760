using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>Reads the ledger without pause, from a thread of its own, and remembers the first instant at which it did not add up.</summary>
internal sealed class LedgerWatch : IAsyncDisposable
{
    private readonly LogLedger _ledger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private string? _breach;

    public LedgerWatch(LogLedger ledger)
    {
        _ledger = ledger;
        _watching = Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Readings { get; private set; }

    public static string? Breach(LogBalance now, LogBalance? before)
    {
        if (now.Emitted + now.Adopted != now.Fates.Sum() + now.Held)
            return $"{now.Emitted} emitted and {now.Adopted} adopted are not {now.Fates.Sum()} with a fate and {now.Held} held";
        if (now.Refusals.Sum() != now.Of(LogFate.Rejected))
            return $"{now.Refusals.Sum()} reasons for {now.Of(LogFate.Rejected)} rejected";
        if (now.Queued < 0 || now.InFlight < 0 || now.Spooled < 0)
            return $"held are {now.Queued}, {now.InFlight} and {now.Spooled}";
        return before is not null && (now.Emitted < before.Emitted || now.Fates.Zip(before.Fates).Any(fate => fate.First < fate.Second)) ? "a fate was taken back" : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
        Assert.Null(_breach);
        Assert.True(Readings > 0);
    }

    private void Watch()
    {
        LogBalance? before = null;
        while (!_stopping.IsCancellationRequested || Readings == 0)
        {
            var now = _ledger.Read();
            _breach ??= Breach(now, before);
            before = now;
            Readings++;

            // There are two cores, and what is watched needs one.
            Thread.Sleep(1);
        }
    }
}
