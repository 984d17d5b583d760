using System.Text;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>A replay by itself, the spool that it empties and the Loki that it asks. At the end every event must be accounted for.</summary>
internal sealed class Replaying : IAsyncDisposable
{
    /// <summary>How long a push may take; nobody else waits as long.</summary>
    public static readonly TimeSpan PushTimeout = TimeSpan.FromHours(1);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");
    private readonly CancellationTokenSource _stopping = new();
    private readonly LokiClient _client;
    private Task _running = Task.CompletedTask;

    private Replaying(StubLoki loki, RecordingTime time)
    {
        (Loki, Time) = (loki, time);
        Health = new LokiHealth("http://loki", Time, new Some.Draw(1), Logs.CreateLogger("Loki"));
        Door = new SpoolDoor(Path.Combine(_directory.FullName, "spool"), LokiOptions.DefaultSpoolMaxBytes, Ledger, Time, Logs.CreateLogger("spool"));
        _client = new LokiClient(loki.Address, Some.Options(options => options.Timeout = PushTimeout), Time);
        Replay = new Replay(Door, _client, Ledger, Health, Time);
    }

    public StubLoki Loki { get; }

    public RecordingTime Time { get; }

    public LogLedger Ledger { get; } = new();

    public CollectingLogs Logs { get; } = new();

    public LokiHealth Health { get; }

    public SpoolDoor Door { get; }

    public Replay Replay { get; }

    public LogBalance Balance => Ledger.Read();

    /// <summary>Where the spool has its segments.</summary>
    public string[] Segments => Directory.GetFiles(_directory.FullName, "*.segment", SearchOption.AllDirectories);

    public static async Task<Replaying> OpenAsync()
    {
        var time = new RecordingTime();
        return new Replaying(await StubLoki.StartAsync(time), time);
    }

    public void Start() => _running = Task.Run(() => Replay.Run(_stopping.Token));

    /// <summary>The end begins, and what is in hands goes back.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    /// <summary>A payload of so many events, a tick apart.</summary>
    public void Append(int events, DateTimeOffset? oldest = null, bool attempted = false)
    {
        using var body = new PushBody();
        using var batch = new PushBatch(Some.Labels().Of(Some.Event("a")).Labels);
        for (var i = 0; i < events; i++)
            batch.Add(LokiTime.Of((oldest ?? Some.Time).AddTicks(i)), Encoding.UTF8.GetBytes($"line {i}"), null, null);
        Append(body.Encode(batch, batch.Labels, 0, events).Span, new SpoolHeader(events, batch.Oldest, batch.Newest, attempted));
    }

    public void Append(ReadOnlySpan<byte> body, SpoolHeader header)
    {
        for (var i = 0; i < header.Entries; i++)
            Ledger.Emitted();
        Ledger.Took(header.Entries);
        Assert.True(Door.Open()!.TryAppend(body, header));
    }

    /// <summary>A payload that waits, as the next process would have it; its events go on as lost.</summary>
    public SpoolHeader Take()
    {
        Assert.True(Door.Spool!.TryTake(out var payload));
        Ledger.Settled(LogFate.DroppedShutdown, payload.Header.Entries);
        return payload.Header;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Replay.Dispose();
        Door.Dispose();
        _client.Dispose();
        await Loki.DisposeAsync();
        Logs.Dispose();
        _stopping.Dispose();
        _directory.Delete(recursive: true);
        Assert.Null(LedgerWatch.Breach(Balance, null));
        Assert.Equal(0, Balance.InFlight);
    }
}
