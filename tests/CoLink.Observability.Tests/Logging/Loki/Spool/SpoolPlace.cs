using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

/// <summary>A temporary directory, and the spools that one process after another opens in it.</summary>
internal sealed class SpoolPlace : IDisposable
{
    public const long MaxBytes = 8 * 1024 * 1024;

    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("colink-spool-").FullName;
    private LogSpool? _spool;

    public SpoolPlace() => Directory = Path.Combine(_root, "spool");

    public string Directory { get; }

    /// <summary>Of the process that has the spool.</summary>
    public LogLedger Ledger { get; private set; } = new();

    public CollectingLogs Logs { get; private set; } = new();

    public LogSpool Spool => _spool ?? throw new InvalidOperationException("Not open.");

    public string[] Segments => [.. System.IO.Directory.GetFiles(Directory, "*.segment").Order(StringComparer.Ordinal)];

    /// <summary>Opens the directory as a new process would, with a ledger of its own; the one before has let go of it.</summary>
    public LogSpool Open(long maxBytes = MaxBytes)
    {
        _spool?.Dispose();
        (Ledger, Logs) = (new LogLedger(), new CollectingLogs());
        return _spool = LogSpool.Open(Directory, maxBytes, Ledger, Logs.CreateLogger("spool")) ?? throw new InvalidOperationException(Said());
    }

    public void Close()
    {
        _spool?.Dispose();
        _spool = null;
    }

    /// <summary>A second one that asks for the directory.</summary>
    public LogSpool? TryOpen(string? directory = null)
    {
        (Ledger, Logs) = (new LogLedger(), new CollectingLogs());
        return LogSpool.Open(directory ?? Directory, MaxBytes, Ledger, Logs.CreateLogger("spool"));
    }

    /// <summary>Events come into hands, as from the queue, and into the spool.</summary>
    public bool Append(ReadOnlySpan<byte> body, int entries = 1, long oldest = 1, bool attempted = false)
    {
        Emit(Ledger, entries);
        return Spool.TryAppend(body, new SpoolHeader(entries, oldest, oldest + 1, attempted));
    }

    public static void Emit(LogLedger ledger, int entries)
    {
        for (var i = 0; i < entries; i++)
            ledger.Emitted();
        ledger.Took(entries);
    }

    /// <summary>Takes a payload that must be there.</summary>
    public SpoolPayload Take()
    {
        Assert.True(Spool.TryTake(out var payload));
        return payload;
    }

    /// <summary>Delivers what waits, and gives the bodies in their order.</summary>
    public List<byte[]> Drain()
    {
        var bodies = new List<byte[]>();
        while (Spool.TryTake(out var payload))
        {
            bodies.Add(payload.Body.ToArray());
            Deliver(payload);
        }

        return bodies;
    }

    public void Deliver(SpoolPayload payload)
    {
        Ledger.Settled(LogFate.Delivered, payload.Header.Entries);
        Spool.Complete(payload);
    }

    /// <summary>Every event is somewhere, and nowhere twice.</summary>
    public LogBalance Balance()
    {
        var balance = Ledger.Read();
        Assert.Equal(balance.Emitted + balance.Adopted, balance.Fates.Sum() + balance.Held);
        return balance;
    }

    public string Said() => string.Join('\n', Logs.Lines.Select(line => $"{line.Id} {line.Message}"));

    public void Dispose()
    {
        Close();
        System.IO.Directory.Delete(_root, recursive: true);
    }
}
