using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// Whether Loki takes pushes, for everybody who pushes: when to try again, and what is said about it, which is each thing once and
/// its end once.
/// </summary>
internal sealed class LokiHealth(string address, TimeProvider time, Random random, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Backoff _backoff = new(random);
    private readonly HashSet<LogRefusal> _toldRefusals = [];
    private readonly HashSet<int> _toldStatuses = [];
    private DateTimeOffset? _failingSince;
    private DateTimeOffset _retryAt;
    private string? _failedWith;
    private bool _isToldDown;
    private bool _isToldOversized;
    private long _lastSuccess;

    /// <summary>When a push was last taken; null until one was.</summary>
    public DateTimeOffset? LastSuccess => Interlocked.Read(ref _lastSuccess) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Whether the last push failed for want of a Loki that takes any.</summary>
    public bool IsFailing
    {
        get
        {
            lock (_gate)
                return _failingSince is not null;
        }
    }

    /// <summary>What the last push was answered, where it failed; null where it did not.</summary>
    public string? WhyFailing
    {
        get
        {
            lock (_gate)
                return _failingSince is null ? null : $"{address}: {_failedWith}";
        }
    }

    /// <summary>How long to wait before the next try; zero where there is nothing to wait for.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (_gate)
            {
                var left = _failingSince is null ? TimeSpan.Zero : _retryAt - time.GetUtcNow();
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    public void Failed(PushAnswer answer)
    {
        var now = time.GetUtcNow();
        bool tellDown, tellStatus;
        lock (_gate)
        {
            _failingSince ??= now;
            _failedWith = answer.Text;
            _retryAt = now + _backoff.Next(answer.RetryAfter);
            tellStatus = answer.Verdict == PushVerdict.Misconfigured && _toldStatuses.Add(answer.Status);
            tellDown = answer.Verdict == PushVerdict.Later && !_isToldDown;
            _isToldDown |= tellDown;
        }

        if (tellDown)
            SafeLog.Write(() => Log.Unreachable(logger, address, answer.Text));
        if (tellStatus)
            SafeLog.Write(() => Log.Misconfigured(logger, address, answer.Text, answer.Advice!));
    }

    /// <summary>Loki answered as it does when it is there and can read what it gets.</summary>
    /// <param name="hasStored">Whether it took any entry.</param>
    public void Answered(bool hasStored)
    {
        var now = time.GetUtcNow();
        if (hasStored)
            Interlocked.Exchange(ref _lastSuccess, now.UtcTicks);
        TimeSpan? outage;
        lock (_gate)
        {
            outage = now - _failingSince;
            _backoff.Reset();
            _toldStatuses.Clear();
            (_failingSince, _isToldDown) = (null, false);
        }

        if (outage is { } lasted)
            SafeLog.Write(() => Log.TakesAgain(logger, address, lasted));
    }

    /// <summary>Each reason is told once.</summary>
    public void Refused(LogRefusal reason, int events, string text)
    {
        lock (_gate)
        {
            if (!_toldRefusals.Add(reason))
                return;
        }

        var value = LogCatalogue.Rejected.Labels[0].Values[(int)reason];
        SafeLog.Write(() => Log.Refused(logger, address, events, value, LokiClient.Short(text), LogCatalogue.Rejected.Name));
    }

    public void Oversized(string text)
    {
        lock (_gate)
        {
            if (_isToldOversized)
                return;
            _isToldOversized = true;
        }

        SafeLog.Write(() => Log.Oversized(logger, address, LokiClient.Short(text)));
    }
}
