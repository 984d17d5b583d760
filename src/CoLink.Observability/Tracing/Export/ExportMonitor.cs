using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tracing.Export;

/// <summary>
/// How the export goes. It says so when it begins to fail, when the cause becomes another and when it works again, once a minute at
/// most: the numbers say the rest.
/// </summary>
/// <param name="destination">Where spans go, as far as it is known.</param>
/// <param name="metrics">Null where they could not be declared.</param>
/// <param name="time">For the last success and the minutes.</param>
/// <param name="logger">Who is told.</param>
internal sealed class ExportMonitor(string destination, TracingMetrics? metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _failures;
    private ExportProblem _problem;
    private ExportFailure? _told;
    private long? _toldAt;
    private long? _toldOfQueueAt;
    private long? _toldOfRefusalsAt;
    private long? _toldOfSizeAt;

    /// <summary>Where spans go, as an operator reads it. An exporter of the app's tells it with its first event.</summary>
    public string Destination { get; set; } = destination;

    /// <summary>How many exports have failed since the last that did not.</summary>
    public long ConsecutiveFailures => Interlocked.Read(ref _failures);

    /// <summary>Why the last export failed; nothing where it did not.</summary>
    public ExportProblem? Problem
    {
        get
        {
            lock (_gate)
                return _failures == 0 ? null : _problem;
        }
    }

    /// <summary>
    /// An export of the library's own ended. It worked where the collector took anything of it: a span that is too large for it is lost,
    /// and the export is not.
    /// </summary>
    public void Ended(ExportOutcome outcome)
    {
        foreach (var problem in outcome.Problems)
            metrics?.ExportFailed((int)problem.Reason);
        if (outcome.Exported == 0 && outcome.Failed > 0)
        {
            if (outcome.Problems is [.., var last])
                HasFailed(last);
            else
                Failed(new ExportProblem(ExportFailure.Refused, $"The collector took none of the spans: {ExportProblems.Clean(outcome.Refused.Message)}"));
            return;
        }

        Succeeded(outcome.Refused.Rejected, outcome.Refused.Message);
        if (outcome.TooLarge > 0 && IsDue(ref _toldOfSizeAt))
            SafeLog.Write(() => Log.SpansTooLarge(logger, Destination, outcome.TooLarge, outcome.Problems.Last(problem => problem.Reason == ExportFailure.TooLarge).Cause));
    }

    /// <param name="rejected">Spans that the collector did not take of those it was sent.</param>
    /// <param name="message">What it said about them.</param>
    public void Succeeded(long rejected = 0, string message = "")
    {
        metrics?.Succeeded(time.GetUtcNow());
        metrics?.ConsecutiveFailures(0);
        long failures;
        bool wasTold;
        lock (_gate)
        {
            (failures, _failures) = (_failures, 0);
            wasTold = _told is not null;
            _told = null;
        }

        if (wasTold)
            SafeLog.Write(() => Log.ExportRecovered(logger, Destination, failures));
        if (rejected <= 0)
            return;
        metrics?.ExportFailed((int)ExportFailure.Refused);
        if (IsDue(ref _toldOfRefusalsAt))
            SafeLog.Write(() => Log.SpansRefused(logger, Destination, rejected, ExportProblems.Clean(message)));
    }

    public void Failed(ExportProblem problem)
    {
        metrics?.ExportFailed((int)problem.Reason);
        HasFailed(problem);
    }

    /// <summary>A span was dropped.</summary>
    public void QueueIsFull(int limit)
    {
        if (IsDue(ref _toldOfQueueAt))
            SafeLog.Write(() => Log.QueueFull(logger, limit));
    }

    /// <summary>The process ends, and these spans with it.</summary>
    public void GaveUp(long spans, TimeSpan timeout) => SafeLog.Write(() => Log.SpansGivenUp(logger, spans, Destination, timeout));

    private void HasFailed(ExportProblem problem)
    {
        long failures;
        bool isNews;
        lock (_gate)
        {
            failures = ++_failures;
            _problem = problem;

            // What was kept quiet because another line had just been written is told with the next failure that may be.
            isNews = _told != problem.Reason && IsOver(_toldAt);
            if (isNews)
                (_told, _toldAt) = (problem.Reason, time.GetTimestamp());
        }

        metrics?.ConsecutiveFailures(failures);
        if (isNews)
            SafeLog.Write(() => Log.ExportFailed(logger, Destination, problem.Reason, problem.Cause));
    }

    private bool IsDue(ref long? toldAt)
    {
        lock (_gate)
        {
            if (!IsOver(toldAt))
                return false;
            toldAt = time.GetTimestamp();
            return true;
        }
    }

    private bool IsOver(long? toldAt) => toldAt is not { } moment || time.GetElapsedTime(moment) >= Pause;
}
