using CoLink.Observability.Tests.Registry;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tracing;
using CoLink.Observability.Tracing.Export;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Tracing.Export;

public sealed class ExportMonitorTests : IDisposable
{
    private static readonly ExportProblem Down = new(ExportFailure.Unreachable, "nobody is there");
    private static readonly ExportProblem Wrong = new(ExportFailure.Unauthorized, "who are you");

    private readonly CollectingLogs _logs = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ExportMonitor _monitor;

    public ExportMonitorTests() => _monitor = new ExportMonitor("http://collector:4317/ (Grpc)", new TracingMetrics(TestRegistry.New().Metrics), _time, _logs.CreateLogger("x"));

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void A_failure_that_lasts_is_one_line_and_its_end_another()
    {
        for (var i = 0; i < 100; i++)
            Fail(Down, seconds: 5);
        _monitor.Succeeded();
        _monitor.Succeeded();

        Assert.Equal(
            [
                "Spans are not exported to http://collector:4317/ (Grpc), and are lost until it works again; colink_telemetry_export_failures_total counts on. Unreachable: nobody is there",
                "Spans are exported to http://collector:4317/ (Grpc) again, after 100 exports that failed.",
            ],
            _logs.Lines.Select(line => line.Message));
        Assert.Equal(0, _monitor.ConsecutiveFailures);
        Assert.Null(_monitor.Problem);
    }

    [Fact]
    public void Another_cause_is_told_once_a_minute_is_over()
    {
        Fail(Down, seconds: 5);
        Fail(Wrong, seconds: 5);
        Fail(Wrong, seconds: 60);
        Fail(Wrong, seconds: 60);

        Assert.Equal(["nobody is there", "who are you"], _logs.Of(180).Select(line => line.Message.Split(": ")[^1]));
        Assert.Equal(Wrong, _monitor.Problem);
        Assert.Equal(4, _monitor.ConsecutiveFailures);
    }

    [Fact]
    public void One_that_comes_and_goes_does_not_flood_the_log()
    {
        for (var i = 0; i < 120; i++)
        {
            Fail(Down, seconds: 1);
            _monitor.Succeeded();
        }

        Assert.Equal(2, _logs.Of(180).Count());
        Assert.Equal(2, _logs.Of(181).Count());
    }

    [Fact]
    public void A_full_queue_and_refused_spans_are_told_once_a_minute()
    {
        for (var i = 0; i < 120; i++)
        {
            _monitor.QueueIsFull(2048);
            _monitor.Succeeded(3, "no");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, _logs.Of(183).Count());
        Assert.Equal(2, _logs.Of(182).Count());
    }

    [Fact]
    public void An_export_that_lost_a_part_has_worked_and_what_was_too_large_is_told_once_a_minute()
    {
        for (var i = 0; i < 120; i++)
        {
            var outcome = new ExportOutcome();
            outcome.Answered(7, default);
            outcome.Lost(1, new ExportProblem(ExportFailure.TooLarge, "over 4 MiB"));
            outcome.Lost(2, new ExportProblem(ExportFailure.TooLarge, "far over 4 MiB"));
            _monitor.Ended(outcome);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, _logs.Lines.Count(line => line.Message.Contains("took an export without 3 of its spans, which are too large for it and are lost: far over 4 MiB.", StringComparison.Ordinal)));
        Assert.Equal(2, _logs.Lines.Count);
        Assert.Null(_monitor.Problem);
    }

    [Fact]
    public void An_export_of_which_nothing_arrived_is_one_that_failed()
    {
        var outcome = new ExportOutcome();
        outcome.Lost(5, new ExportProblem(ExportFailure.TooLarge, "over 4 MiB"));
        outcome.Answered(2, new PartialSuccess(2, "no"));
        outcome.Lost(5, Down);

        _monitor.Ended(outcome);

        Assert.Equal((0, 12, 5), (outcome.Exported, outcome.Failed, outcome.TooLarge));
        Assert.Equal((Down, 1), (_monitor.Problem, _monitor.ConsecutiveFailures));
        Assert.Equal("nobody is there", Assert.Single(_logs.Lines).Message.Split(": ")[^1]);
    }

    [Fact]
    public void A_log_that_throws_is_not_felt()
    {
        var monitor = new ExportMonitor("x", null, _time, new Throwing());

        monitor.Failed(Down);
        monitor.Succeeded(1, "");
        monitor.QueueIsFull(1);
        monitor.GaveUp(1, TimeSpan.FromSeconds(1));
    }

    private void Fail(ExportProblem problem, int seconds)
    {
        _monitor.Failed(problem);
        _time.Advance(TimeSpan.FromSeconds(seconds));
    }

    private sealed class Throwing : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw new InvalidOperationException("no log");
    }
}
