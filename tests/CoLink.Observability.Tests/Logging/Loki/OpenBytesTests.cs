using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>How many bytes wait in batches of all streams together, and the line that no batch may have.</summary>
public sealed class OpenBytesTests : IDisposable
{
    private const int Refused = 168;
    private const int Streams = 64;

    /// <summary>All streams' together are 4 MiB, whatever one push may have.</summary>
    private const int Each = 4 * 1024 * 1024 / Streams;

    private readonly CollectingLogs _logs = new();
    private readonly OpenBatches _batches;

    public OpenBytesTests()
    {
        var options = Some.Options(o => o.Labels["module"] = "{Module}");
        var health = new LokiHealth("http://loki:3100", new FakeTimeProvider(Some.Time), new Some.Draw(0), _logs.CreateLogger("Loki"));
        _batches = new OpenBatches(Some.Labels(options), Some.Lines, size: 1000, bytes: 1024 * 1024, new LogLedger(), health);
    }

    public void Dispose()
    {
        _batches.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public void Four_mebibytes_wait_in_all_streams_together_and_not_one_line_more()
    {
        var line = Each - PushBatch.BytesOf(0, hasIds: false);
        for (var i = 0; i < Streams; i++)
            Add($"{i}", line);
        Assert.False(_batches.HasClosed);

        Add("0", Some.Line("").Length);

        Assert.False(_batches.HasOpen);
        for (var i = 0; i < Streams; i++)
            _batches.Take()!.Dispose();
        Assert.Null(_batches.Take());
    }

    [Fact]
    public void A_line_that_is_too_long_is_told_of_with_its_length()
    {
        Add("a", OpenBatches.LongestLine + 1);

        Assert.Contains("a line of 262145 bytes", Assert.Single(_logs.Of(Refused)).Message, StringComparison.Ordinal);
        Assert.False(_batches.HasOpen || _batches.HasClosed);
    }

    private void Add(string module, int line) => _batches.Add(Some.Event(new string('x', line - Some.Line("").Length), null, ("Module", module)));
}
