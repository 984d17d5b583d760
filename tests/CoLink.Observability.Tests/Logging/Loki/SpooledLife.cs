using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>One process' life with a spool: at its end every event has a fate or is held.</summary>
internal sealed class SpooledLife : IAsyncDisposable
{
    private readonly FakeTimeProvider? _fake;
    private readonly LedgerWatch _watch;
    private int _emitted;

    public SpooledLife(StubLoki loki, string? directory, FakeTimeProvider? fake = null, Action<LokiOptions>? set = null, Uri? address = null, int first = 0)
    {
        _fake = fake;
        _emitted = first;
        var options = Some.Options(options =>
        {
            options.SpoolDirectory = directory;

            // On a clock that is moved on while pushes are on their way: none of them shall take too long.
            if (fake is not null)
                options.Timeout = TimeSpan.FromMinutes(5);
            set?.Invoke(options);
        });
        Shipper = new LogShipper(address ?? loki.Address, options, Some.Labels(options), Some.Lines, fake ?? TimeProvider.System, new Some.Draw(0.02), Logs.CreateLogger("Loki"))
        {
            // What is left is written to the disk, also where the disk or the machine has other things to do.
            Grace = Eventually.Bound,
        };
        _watch = new LedgerWatch(Shipper.Ledger);
        Shipper.Start();
    }

    public CollectingLogs Logs { get; } = new();

    public LogShipper Shipper { get; }

    public LogBalance Balance => Shipper.Ledger.Read();

    public string[] Emit(int events)
    {
        string[] messages = [.. Enumerable.Range(_emitted, events).Select(i => $"event {i}")];
        _emitted += events;
        foreach (var message in messages)
            Emit(message);
        return messages;
    }

    public void Emit(string message) => Shipper.Sink.Emit(Some.Event(message, (_fake ?? TimeProvider.System).GetUtcNow()));

    public Task AdvanceUntilAsync(Func<bool> satisfied, TimeSpan step) => Eventually.IsTrue(() =>
    {
        _fake!.Advance(step);
        return satisfied();
    });

    public async ValueTask DisposeAsync()
    {
        // On a clock that stands still nothing would ever be over.
        var ending = Shipper.DisposeAsync().AsTask();
        while (_fake is not null && !ending.IsCompleted)
        {
            _fake.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        await ending;
        await _watch.DisposeAsync();
        Assert.Null(LedgerWatch.Breach(Balance, null));
        Assert.Equal(0, Balance.Queued);
        Assert.Equal(0, Balance.InFlight);
    }
}
