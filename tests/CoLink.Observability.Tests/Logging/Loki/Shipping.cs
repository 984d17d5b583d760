using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>A shipper and the Loki it ships to. At the end of each test every event must be accounted for, and must have been at every instant.</summary>
internal sealed class Shipping : IAsyncDisposable
{
    private readonly LedgerWatch _watch;
    private int _emitted;

    private Shipping(StubLoki loki, LogShipper shipper, CollectingLogs logs, FakeTimeProvider? fake, TimeProvider time)
    {
        (Loki, Shipper, Logs, Fake, Time) = (loki, shipper, logs, fake, time);
        _watch = new LedgerWatch(shipper.Ledger);
    }

    public StubLoki Loki { get; }

    public LogShipper Shipper { get; }

    public CollectingLogs Logs { get; }

    /// <summary>Where the test owns the clock.</summary>
    public FakeTimeProvider? Fake { get; }

    public TimeProvider Time { get; }

    public LogBalance Balance => Shipper.Ledger.Read();

    public static async Task<Shipping> StartAsync(
        Action<LokiOptions>? options = null, FakeTimeProvider? fake = null, LineWriter? lines = null, double draw = 0.01, bool start = true, StubLoki? loki = null, TimeProvider? lokiTime = null,
        TimeSpan? grace = null)
    {
        var time = fake ?? TimeProvider.System;
        loki ??= await StubLoki.StartAsync(lokiTime ?? time);
        var set = Some.Options(set =>
        {
            // On a clock that is moved on while pushes are on their way: none of them shall take too long.
            if (fake is not null)
                set.Timeout = TimeSpan.FromHours(1);
            options?.Invoke(set);
        });
        var logs = new CollectingLogs();
        var shipper = new LogShipper(loki.Address, set, Some.Labels(set), lines ?? Some.Lines, time, new Some.Draw(draw), logs.CreateLogger("Loki"))
        {
            // The end is waited for, also on a machine that has other things to do.
            Grace = grace ?? Eventually.Bound,
        };
        var shipping = new Shipping(loki, shipper, logs, fake, time);
        if (start)
            shipper.Start();
        return shipping;
    }

    /// <summary>Events with messages that tell them apart; the messages.</summary>
    public string[] Emit(int events)
    {
        string[] messages = [.. Enumerable.Range(_emitted, events).Select(i => $"event {i}")];
        _emitted += events;
        foreach (var message in messages)
            Emit(message);
        return messages;
    }

    public void Emit(string message, DateTimeOffset? at = null, params (string Name, object? Value)[] properties) =>
        Shipper.Sink.Emit(Some.Event(message, at ?? Time.GetUtcNow(), properties));

    public Task SettledAsync() => Eventually.IsTrue(() => Balance.Held == 0);

    /// <summary>Lets the back-offs pass.</summary>
    public Task AdvanceUntilAsync(Func<bool> satisfied, TimeSpan? step = null) => Eventually.IsTrue(() =>
    {
        Fake!.Advance(step ?? TimeSpan.FromSeconds(1));
        return satisfied();
    });

    public async ValueTask DisposeAsync()
    {
        // On a clock that stands still an end that does not come would never be late.
        var ending = Shipper.DisposeAsync().AsTask();
        while (Fake is not null && !ending.IsCompleted)
        {
            Fake.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        await ending;
        await _watch.DisposeAsync();
        await Loki.DisposeAsync();
        Assert.Null(LedgerWatch.Breach(Balance, null));
        Assert.Equal(0, Balance.Held);
        Assert.Equal(Balance.Emitted, Balance.Fates.Sum());
    }
}
