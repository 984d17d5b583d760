using System.Collections.Concurrent;
using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

public sealed class SpoolThreadTests : IDisposable
{
    private const int Payloads = 4000;

    private readonly SpoolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Appending_taking_flushing_and_reading_at_once_lose_nothing_and_double_nothing()
    {
        _place.Open(256 * 1024 * 1024);
        var delivered = new ConcurrentQueue<int>();
        var isAppended = false;
        await Task.WhenAll(
            Task.Run(() =>
            {
                for (var i = 0; i < Payloads; i++)
                    Assert.True(_place.Append([.. BitConverter.GetBytes(i), .. new byte[i % 5000]], entries: 1 + (i % 3), oldest: i, attempted: i % 5 == 0));
                Volatile.Write(ref isAppended, true);
            }),
            Task.Run(() => TakeUntilEnd(giveBack: true)),
            Task.Run(() => TakeUntilEnd(giveBack: false)),
            Task.Run(() =>
            {
                while (!Volatile.Read(ref isAppended))
                {
                    Assert.True(_place.Spool.Flush());
                    Assert.InRange(_place.Spool.OldestNanoseconds ?? 0, 0, Payloads);
                    _place.Balance();
                }
            }));

        Assert.Equal(Enumerable.Range(0, Payloads), delivered.Order());
        Assert.Equal(0, _place.Balance().Held);
        Assert.Empty(_place.Segments);
        Assert.Empty(_place.Logs.Lines);

        void TakeUntilEnd(bool giveBack)
        {
            for (var i = 0; delivered.Count < Payloads; i++)
            {
                if (!_place.Spool.TryTake(out var payload))
                {
                    Thread.Yield();
                    continue;
                }

                if (giveBack && i % 3 == 0)
                {
                    _place.Spool.GiveBack(payload);
                    continue;
                }

                delivered.Enqueue(BitConverter.ToInt32(payload.Body.Span));
                _place.Deliver(payload);
            }
        }
    }
}
