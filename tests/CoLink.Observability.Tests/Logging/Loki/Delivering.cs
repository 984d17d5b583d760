using System.Text;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>One batch on its way to a Loki whose clock is its own. At the end every event must be accounted for.</summary>
internal sealed class Delivering : IAsyncDisposable
{
    private readonly Some.Clock _lokiTime;
    private readonly LokiClient _client;
    private readonly PushBody _body = new();
    private Delivery? _delivery;

    private Delivering(StubLoki loki, Some.Clock lokiTime)
    {
        (Loki, _lokiTime) = (loki, lokiTime);
        Health = new LokiHealth("http://loki", Time, new Some.Draw(0), Logs.CreateLogger("Loki"));
        _client = new LokiClient(loki.Address, Some.Options(), Time);
    }

    public StubLoki Loki { get; }

    public FakeTimeProvider Time { get; } = new(Some.Time);

    public LogLedger Ledger { get; } = new();

    public CollectingLogs Logs { get; } = new();

    public LokiHealth Health { get; }

    /// <summary>Of the stream that everything goes to.</summary>
    public ReadOnlyMemory<byte> Labels { get; } = Some.Labels().Of(Some.Event("a")).Labels;

    /// <summary>How far Loki's clock is ahead of the one here.</summary>
    public TimeSpan LokiAhead
    {
        set => _lokiTime.Ahead = value;
    }

    /// <summary>The lines of each push that came, in the order in which they came.</summary>
    public string[][] Pushed => [.. Loki.Pushes.Select(push => push.Entries.Select(entry => entry.Line).ToArray())];

    public LogBalance Balance => Ledger.Read();

    public static async Task<Delivering> OpenAsync()
    {
        var lokiTime = new Some.Clock();
        return new Delivering(await StubLoki.StartAsync(lokiTime), lokiTime);
    }

    /// <summary>One that has not begun, of lines that are so long after <see cref="Some.Time"/>.</summary>
    public Delivery Of(params (TimeSpan After, string Line)[] lines) => Of(null, lines);

    public Delivery Of(ReadOnlyMemory<byte>? lane, params (TimeSpan After, string Line)[] lines)
    {
        var batch = new PushBatch(Labels);
        foreach (var (after, line) in lines)
        {
            Ledger.Emitted();
            batch.Add(LokiTime.Of(Some.Time + after), Encoding.UTF8.GetBytes(line), null, null);
        }

        Ledger.Took(lines.Length);
        return _delivery = new Delivery(batch, Labels, _client, _body, Ledger, Health, Time) { Lane = lane };
    }

    /// <summary>One of so many lines, a tick apart.</summary>
    public Delivery Of(int lines, ReadOnlyMemory<byte>? lane = null) => Of(lane, [.. Enumerable.Range(0, lines).Select(i => (TimeSpan.FromTicks(i), $"line {i}"))]);

    public async ValueTask DisposeAsync()
    {
        _delivery?.Dispose();
        _client.Dispose();
        _body.Dispose();
        await Loki.DisposeAsync();
        Logs.Dispose();
        Assert.Null(LedgerWatch.Breach(Balance, null));
    }
}
