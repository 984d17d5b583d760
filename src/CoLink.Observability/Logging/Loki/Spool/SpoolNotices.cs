using System.Collections.Concurrent;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>
/// What an operator is told, once each: in an outage every batch would say it again. It is found under the spool's lock and told
/// outside of it, because a provider of logs may block.
/// </summary>
internal sealed class SpoolNotices(ILogger logger, string directory)
{
    private readonly ConcurrentQueue<Action> _untold = new();
    private bool _isAppendFailing;
    private bool _isFull;
    private bool _isDamaged;
    private bool _isFailing;

    public void AppendFailed(string reason)
    {
        if (!_isAppendFailing)
            _untold.Enqueue(() => Log.Failed(logger, directory, reason));
        _isAppendFailing = true;
    }

    public void Appended()
    {
        if (_isAppendFailing)
            _untold.Enqueue(() => Log.WorksAgain(logger, directory));
        _isAppendFailing = false;
    }

    /// <summary>Anything but an append. Its end is not told: the next success says nothing of what failed before.</summary>
    public void Failed(string reason)
    {
        if (!_isFailing)
            _untold.Enqueue(() => Log.Failed(logger, directory, reason));
        _isFailing = true;
    }

    public void Full(long events, long maxBytes)
    {
        if (!_isFull)
            _untold.Enqueue(() => Log.Full(logger, directory, events, maxBytes));
        _isFull = true;
    }

    /// <summary>It is empty: if it fills again, that is another outage.</summary>
    public void Emptied() => _isFull = false;

    public void Damaged(string reason)
    {
        if (!_isDamaged)
            _untold.Enqueue(() => Log.Damaged(logger, directory, reason));
        _isDamaged = true;
    }

    public void LeftAlone(string files) => _untold.Enqueue(() => Log.LeftAlone(logger, directory, files));

    public void Adopted(long events) => _untold.Enqueue(() => Log.Adopted(logger, directory, events));

    public void Tell()
    {
        while (_untold.TryDequeue(out var notice))
            SafeLog.Write(notice);
    }
}
