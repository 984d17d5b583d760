using CoLink.Observability.Logging.Loki.Spool;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// The spool, once it is open. A directory that another process still has, as while one replica replaces another, is free later: it is
/// asked for again.
/// </summary>
internal sealed class SpoolDoor(string directory, long maxBytes, LogLedger ledger, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private LogSpool? _spool;
    private DateTimeOffset _nextTry = DateTimeOffset.MinValue;
    private bool _hasTried;
    private bool _isClosed;

    /// <summary>Null where it is not open.</summary>
    public LogSpool? Spool => Volatile.Read(ref _spool);

    public long MaxBytes => maxBytes;

    /// <summary>Opens it where that has not failed a moment ago. It reads the directory, so it is not called where somebody waits.</summary>
    public LogSpool? Open()
    {
        lock (_gate)
        {
            if (_spool is not null || _isClosed || time.GetUtcNow() < _nextTry)
                return _spool;
            var opened = LogSpool.Open(directory, maxBytes, ledger, _hasTried ? NullLogger.Instance : logger);
            if (opened is not null && _hasTried)
                Loki.Spool.Log.WorksAgain(logger, directory);
            _hasTried = true;
            _nextTry = time.GetUtcNow() + Pause;
            Volatile.Write(ref _spool, opened);
            return opened;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _spool?.Dispose();
            Volatile.Write(ref _spool, null);
        }
    }
}
