using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging.Loki;

/// <summary>What is said about events that are dropped here: when it begins, and when it has ended.</summary>
internal sealed class ShipperReport
{
    /// <summary>A queue that is too small for its load is full and empty many times a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly LokiSink _sink;
    private readonly LogLedger _ledger;
    private readonly string _address;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private DateTimeOffset _quietUntil;
    private bool _isToldFull;
    private long _toldDropped;

    public ShipperReport(LokiSink sink, LogLedger ledger, string address, TimeProvider time, ILogger logger)
    {
        (_sink, _ledger, _address, _time, _logger) = (sink, ledger, address, time, logger);

        // Whoever logs must not pay for it, and this is said by logging.
        sink.WhenFull = () => ThreadPool.UnsafeQueueUserWorkItem(static report => report.QueueIsFull(), this, preferLocal: false);
    }

    public void QueueHasRoom()
    {
        // It tells of it anew from here on. What it told of before is said beside the loop, and maybe only now.
        _sink.WasFull();
        long dropped;
        lock (_gate)
        {
            if (!_isToldFull)
                return;
            _isToldFull = false;
            dropped = Dropped - _toldDropped;
            _toldDropped += dropped;
        }

        SafeLog.Write(() => Log.QueueHasRoom(_logger, _address, dropped));
    }

    public void LostAtTheEnd(int events, TimeSpan bound)
    {
        if (events > 0)
            SafeLog.Write(() => Log.LostAtTheEnd(_logger, _address, events, bound));
    }

    private long Dropped => _ledger.Read().Of(LogFate.DroppedQueue);

    private void QueueIsFull()
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            if (now < _quietUntil)
                return;
            _quietUntil = now + Pause;
            _isToldFull = true;
        }

        SafeLog.Write(() => Log.QueueFull(_logger, _address, _sink.Limit));
    }
}
