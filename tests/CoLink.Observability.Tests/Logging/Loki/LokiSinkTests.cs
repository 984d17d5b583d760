using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Support;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class LokiSinkTests
{
    private readonly LogLedger _ledger = new();

    [Fact]
    public void A_full_queue_drops_and_counts_and_says_so_once()
    {
        var told = 0;
        var sink = new LokiSink(_ledger, 3) { WhenFull = () => told++ };

        Emit(sink, 5);

        Assert.Equal((5, 3, 2, 1), (_ledger.Read().Emitted, _ledger.Read().Queued, _ledger.Read().Of(LogFate.DroppedQueue), told));
        Assert.True(sink.WasFull());
        Assert.False(sink.WasFull());
        Assert.Equal(["event 0", "event 1", "event 2"], Take(sink).Select(logEvent => logEvent.MessageTemplate.Text));
        Emit(sink, 4);
        Assert.Equal(2, told);
    }

    [Fact]
    public void A_closed_queue_drops_and_counts_it_as_late()
    {
        var sink = new LokiSink(_ledger, 3);
        Emit(sink, 1);

        sink.Close();
        Emit(sink, 2);

        Assert.Equal((1, 2, 0), (_ledger.Read().Queued, _ledger.Read().Of(LogFate.DroppedShutdown), _ledger.Read().Of(LogFate.DroppedQueue)));
        Assert.Single(Take(sink));
    }

    [Fact]
    public void The_oldest_is_the_next()
    {
        var sink = new LokiSink(_ledger, 3);
        Assert.Null(sink.Oldest);

        sink.Emit(Some.Event("a", Some.Time.AddMinutes(1)));
        sink.Emit(Some.Event("b", Some.Time.AddMinutes(2)));

        Assert.Equal(Some.Time.AddMinutes(1), sink.Oldest);
    }

    [Fact]
    public async Task The_reader_is_woken_when_as_many_have_come_as_it_waits_for()
    {
        var sink = new LokiSink(_ledger, 100);
        var waiting = Waiting(sink, 3);

        Emit(sink, 2);
        Assert.False(waiting.IsCompleted);
        Emit(sink, 1);

        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task The_reader_does_not_wait_where_something_is_there_or_somebody_woke_it()
    {
        var sink = new LokiSink(_ledger, 100);
        sink.Wake();
        await Task.Run(() => sink.WaitFor(3, Timeout.InfiniteTimeSpan)).WaitAsync(TimeSpan.FromSeconds(60));
        Emit(sink, 1);

        await Task.Run(() => sink.WaitFor(3, Timeout.InfiniteTimeSpan)).WaitAsync(TimeSpan.FromSeconds(60));

        Take(sink);
        var waiting = Waiting(sink, 3);
        Assert.False(waiting.IsCompleted);
        sink.Wake();
        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The reader takes and waits as fast as it can: a wake-up that was missed would leave it waiting with events in the queue.</summary>
    [Fact]
    public async Task From_sixteen_threads_every_event_is_read_or_counted_as_dropped()
    {
        const int Each = 5_000;
        var sink = new LokiSink(_ledger, 1_000);
        var read = 0;
        var reading = Task.Run(() =>
        {
            while (read + _ledger.Read().Of(LogFate.DroppedQueue) < 16 * Each)
            {
                var taken = Take(sink).Length;
                read += taken;
                if (taken == 0)
                    sink.WaitFor(1, Timeout.InfiniteTimeSpan);
            }
        });
        await using (new LedgerWatch(_ledger))
        {
            var threads = Enumerable.Range(0, 16).Select(_ => new Thread(() => Emit(sink, Each))).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            await Eventually.IsTrue(() =>
            {
                // The last that was dropped is no reason to wake the reader.
                if (_ledger.Read().Queued == 0)
                    sink.Wake();
                return reading.IsCompleted;
            });
        }

        Assert.Equal(16 * Each, read + _ledger.Read().Of(LogFate.DroppedQueue));
        Assert.Equal(read, _ledger.Read().InFlight);
    }

    [Fact]
    public async Task The_reader_waits_no_longer_than_its_patience()
    {
        var sink = new LokiSink(_ledger, 100);

        await Task.Run(() => sink.WaitFor(3, TimeSpan.FromMilliseconds(1))).WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Returns when it waits.</summary>
    private static Task Waiting(LokiSink sink, int events)
    {
        var end = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            sink.WaitFor(events, Timeout.InfiniteTimeSpan);
            end.SetResult();
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(60)));
        return end.Task;
    }

    private static void Emit(LokiSink sink, int events)
    {
        for (var i = 0; i < events; i++)
            sink.Emit(Some.Event($"event {i}"));
    }

    private static LogEvent[] Take(LokiSink sink)
    {
        var target = new LogEvent[200];
        return target[..sink.Take(target)];
    }
}
