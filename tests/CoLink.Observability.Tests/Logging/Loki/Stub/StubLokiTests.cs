using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki.Stub;

/// <summary>The stub does what a real Loki 3.4 was seen to do.</summary>
public sealed class StubLokiTests : IAsyncLifetime
{
    private const long Minute = 60_000_000_000;

    private static readonly long Now = CoLink.Observability.Logging.Loki.LokiTime.Of(Some.Time);

    private readonly FakeTimeProvider _time = new(Some.Time);
    private readonly HttpClient _client = new();
    private StubLoki _loki = null!;

    public async ValueTask InitializeAsync() => _loki = await StubLoki.StartAsync(_time);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _loki.DisposeAsync();
    }

    [Fact]
    public async Task Protobuf_in_Snappy_is_read()
    {
        // Stream (1) of labels (1) and an entry (2) with a time (1: seconds 1, nanoseconds 2), a line (2) and metadata (3: name 1, value 2).
        byte[] entry = [0x0A, 4, 0x08, 1, 0x10, 2, 0x12, 2, .. "hi"u8, 0x1A, 6, 0x0A, 1, (byte)'k', 0x12, 1, (byte)'v'];
        byte[] stream = [0x0A, 9, .. "{a=\"b\\\"\"}"u8, 0x12, (byte)entry.Length, .. entry];
        _time.SetUtcNow(Some.Time);
        using var content = new ByteArrayContent(Snappier.Snappy.CompressToArray([0x0A, (byte)stream.Length, .. stream]));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");

        using var response = await _client.PostAsync(_loki.Address, content);

        Assert.Contains("timestamp too old", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var read = Assert.Single(Assert.Single(_loki.Pushes).Streams);
        Assert.Equal("b\"", read.Labels["a"]);
        Assert.Equal((1_000_000_002, "hi", "v"), (read.Entries[0].Nanoseconds, read.Entries[0].Line, read.Entries[0].Metadata["k"]));
    }

    [Theory]
    [InlineData("application/json", "gzip")]
    [InlineData("application/x-protobuf", null)]
    [InlineData("application/json", "br")]
    public async Task A_body_that_is_not_what_it_says_is_refused(string type, string? encoding)
    {
        using var content = new ByteArrayContent("{\"streams\":[]}"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);

        using var response = await _client.PostAsync(_loki.Address, content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Within_an_hour_of_the_newest_anything_is_taken_and_the_rest_is_counted()
    {
        Assert.Equal(204, (await PushAsync(("a", [(Now, "newest")]))).Status);
        Assert.Equal(204, (await PushAsync(("a", [(Now - (59 * Minute), "late")]))).Status);
        var (status, text) = await PushAsync(("a", [(Now - (61 * Minute), "too late"), (Now - Minute, "in time")]));

        Assert.Equal(400, status);
        Assert.EndsWith("total ignored: 1 out of 2 for stream: {app=\"a\"}", text, StringComparison.Ordinal);
        Assert.Equal(204, (await PushAsync(("b", [(Now - (120 * Minute), "elsewhere")]))).Status);
        Assert.Equal(["newest", "late", "in time", "elsewhere"], _loki.Lines);
    }

    [Fact]
    public async Task Of_two_streams_the_last_one_answers()
    {
        await PushAsync(("a", [(Now, "newest")]));

        var (first, _) = await PushAsync(("a", [(Now - (61 * Minute), "lost in silence")]), ("b", [(Now, "fine")]));
        var (last, _) = await PushAsync(("b", [(Now, "fine too")]), ("a", [(Now - (61 * Minute), "lost aloud")]));

        Assert.Equal((204, 400), (first, last));
        Assert.Equal(["newest", "fine", "fine too"], _loki.Lines);
    }

    [Fact]
    public async Task An_equal_line_at_an_equal_time_is_stored_once()
    {
        await PushAsync(("a", [(Now, "line"), (Now, "line"), (Now + 1, "line")]));
        await PushAsync(("a", [(Now, "line")]), ("b", [(Now, "line")]));

        Assert.Equal(["line", "line", "line"], _loki.Lines);
        Assert.Equal(2, _loki.Duplicates);
    }

    [Theory]
    [InlineData(-8 * 24 * 60, 1, "timestamp too old")]
    [InlineData(11, 1, "timestamp too new")]
    [InlineData(0, 262_145, "Max entry size")]
    public async Task What_is_refused_for_itself_is_not_counted_and_the_rest_is_stored(int minutes, int length, string reason)
    {
        var (status, text) = await PushAsync(("a", [(Now, "good"), (Now + (minutes * Minute), new string('x', length))]));

        Assert.Equal(400, status);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.DoesNotContain("total ignored", text, StringComparison.Ordinal);
        Assert.Equal(["good"], _loki.Lines);
    }

    [Fact]
    public async Task Too_much_at_once_is_an_error_and_more_is_a_limit()
    {
        var line = new string('x', 250_000);

        Assert.Equal(204, (await PushAsync(("a", Lines(16)))).Status);
        Assert.Equal(500, (await PushAsync(("a", Lines(19)))).Status);
        Assert.Equal(429, (await PushAsync(("a", Lines(26)))).Status);

        (long, string)[] Lines(int count) => [.. Enumerable.Range(0, count).Select(i => (Now + i, line))];
    }

    [Fact]
    public async Task Fifteen_labels_with_its_own_are_the_most()
    {
        Assert.Equal(204, (await PushAsync((14, "a"))).Status);
        Assert.Contains("has 16 label names; limit 15", (await PushAsync((15, "a"))).Text, StringComparison.Ordinal);
    }

    private Task<(int Status, string Text)> PushAsync((int Labels, string Line) one) =>
        PushAsync([new { stream = Enumerable.Range(0, one.Labels).ToDictionary(i => $"l{i}", _ => "v"), values = (string[][])[[$"{Now}", one.Line]] }]);

    private Task<(int Status, string Text)> PushAsync(params (string App, (long Time, string Line)[] Entries)[] streams) =>
        PushAsync([.. streams.Select(stream => (object)new { stream = new { app = stream.App }, values = stream.Entries.Select(entry => new[] { $"{entry.Time}", entry.Line }) })]);

    private async Task<(int Status, string Text)> PushAsync(object[] streams)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { streams }));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.PostAsync(_loki.Address, content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
