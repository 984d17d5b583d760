using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What is said of a queue that is full, and of what is lost at the end.</summary>
public sealed class ShipperReportTests : IDisposable
{
    private const int QueueFull = 169;
    private const int QueueHasRoom = 170;
    private const int LostAtTheEnd = 171;

    private readonly LogLedger _ledger = new();
    private readonly FakeTimeProvider _time = new(Some.Time);
    private readonly CollectingLogs _logs = new();
    private readonly LokiSink _sink;
    private readonly ShipperReport _report;

    public ShipperReportTests()
    {
        _sink = new LokiSink(_ledger, limit: 1);
        _report = new ShipperReport(_sink, _ledger, "http://loki:3100", _time, _logs.CreateLogger("Loki"));
    }

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task A_full_queue_and_its_end_are_told_once_with_what_was_lost_meanwhile()
    {
        await FillAsync(drops: 3, told: 1);
        Assert.Contains("http://loki:3100", _logs.Of(QueueFull).Single().Message, StringComparison.Ordinal);

        Drain();
        _report.QueueHasRoom();
        _report.QueueHasRoom();
        Assert.Contains(" 3 were dropped", Assert.Single(_logs.Of(QueueHasRoom)).Message, StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromMinutes(1));
        await FillAsync(drops: 2, told: 2);
        Drain();
        _report.QueueHasRoom();
        Assert.Equal(2, _logs.Of(QueueHasRoom).Count());
        Assert.Contains(" 2 were dropped", _logs.Of(QueueHasRoom).Last().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_that_is_full_and_empty_many_times_is_told_once_a_minute()
    {
        await FillAsync(drops: 1, told: 1);
        Drain();
        _report.QueueHasRoom();

        var asked = new TaskCompletionSource();
        var whenFull = _sink.WhenFull!;
        _sink.WhenFull = () =>
        {
            whenFull();

            // Behind what was queued before it.
            ThreadPool.UnsafeQueueUserWorkItem(static done => done.SetResult(), asked, preferLocal: false);
        };
        _time.Advance(TimeSpan.FromSeconds(59));
        Emit(2);
        await asked.Task.WaitAsync(Eventually.Bound, TestContext.Current.CancellationToken);
        Drain();
        _report.QueueHasRoom();

        Assert.Single(_logs.Of(QueueFull));
        Assert.Single(_logs.Of(QueueHasRoom));
    }

    [Fact]
    public async Task A_full_queue_that_is_told_of_when_it_was_emptied_already_has_its_end_told_too()
    {
        var tell = _sink.WhenFull!;
        _sink.WhenFull = null;
        Emit(2);
        Drain();
        _report.QueueHasRoom();
        Assert.Empty(_logs.Lines);

        tell();
        await Eventually.IsTrue(() => _logs.Of(QueueFull).Any());
        _report.QueueHasRoom();

        Assert.Contains(" 1 were dropped", Assert.Single(_logs.Of(QueueHasRoom)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_queue_that_was_never_full_has_no_room_again()
    {
        Emit(1);
        Drain();
        _report.QueueHasRoom();

        Assert.Empty(_logs.Lines);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    public void What_is_lost_at_the_end_is_told_where_anything_is(int events, int told)
    {
        _report.LostAtTheEnd(events, TimeSpan.FromSeconds(5));

        Assert.Equal(told, _logs.Of(LostAtTheEnd).Count(line => line.Message.StartsWith($"{events} log events", StringComparison.Ordinal)));
        Assert.Equal(told, _logs.Lines.Count);
    }

    private async Task FillAsync(int drops, int told)
    {
        Emit(1 + drops);
        await Eventually.IsTrue(() => _logs.Of(QueueFull).Count() == told);
    }

    private void Emit(int events)
    {
        for (var i = 0; i < events; i++)
            _sink.Emit(Some.Event("a"));
    }

    private void Drain() => Assert.Equal(1, _sink.Take(new Serilog.Events.LogEvent[2]));
}
