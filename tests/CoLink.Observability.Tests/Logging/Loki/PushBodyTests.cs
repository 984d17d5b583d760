using System.Text;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CsCheck;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class PushBodyTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Span = "b7ad6b7169203331";

    private static readonly byte[] Labels = """{"app":"messaging-service","namespace":"colink","pod":"messaging-0"}"""u8.ToArray();

    [Fact]
    public void Loki_reads_what_was_added()
    {
        using var body = new PushBody();
        using var batch = Batch();

        var stream = Assert.Single(Read(body.Encode(batch, batch.Labels, 0, batch.Count)));

        Assert.Equal("""{app="messaging-service", namespace="colink", pod="messaging-0"}""", stream.Name);
        Assert.Equal([(100, "{\"message\":\"a \\\"b\\\"\"}"), (200, "second"), (300, "third\n"), (400, "")], stream.Entries.Select(entry => (entry.Nanoseconds, entry.Line)));
        Assert.Equal(new Dictionary<string, string> { ["trace_id"] = Trace, ["span_id"] = Span }, stream.Entries[0].Metadata);
        Assert.Equal(new Dictionary<string, string> { ["trace_id"] = Trace }, stream.Entries[1].Metadata);
        Assert.Empty(stream.Entries[2].Metadata);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 4)]
    public void A_part_of_a_batch_is_a_push_as_well(int from, int to)
    {
        using var body = new PushBody();
        using var batch = Batch();

        var stream = Assert.Single(Read(body.Encode(batch, batch.Labels, from, to)));

        Assert.Equal(Enumerable.Range(from + 1, to - from).Select(i => 100L * i), stream.Entries.Select(entry => entry.Nanoseconds));
    }

    [Fact]
    public void A_body_is_decoded_to_the_batch_it_was_made_from()
    {
        using var body = new PushBody();
        using var batch = Batch();
        var first = body.Encode(batch, batch.Labels, 0, batch.Count).ToArray();

        using var decoded = PushBody.Decode(first);

        Assert.Equal(Labels, decoded.Labels.ToArray());
        Assert.Equal((batch.Count, 100, 400), (decoded.Count, decoded.Oldest, decoded.Newest));
        Assert.Equal(first, body.Encode(decoded, decoded.Labels, 0, decoded.Count).ToArray());
        Assert.Equal([300, 400], Assert.Single(Read(body.Encode(decoded, decoded.Labels, 2, 4))).Entries.Select(entry => entry.Nanoseconds));
    }

    /// <summary>A line of one letter is a thousandth of itself in the body, so that the room for it grows a few times.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(16_384)]
    [InlineData(2_000_000)]
    public void A_body_that_inflates_to_much_is_decoded_whole(int length)
    {
        using var body = new PushBody();
        using var batch = new PushBatch(Labels);
        batch.Add(100, Enumerable.Repeat((byte)'a', length).ToArray(), Trace, null);
        batch.Add(200, "end"u8, null, null);

        using var decoded = PushBody.Decode(body.Encode(batch, batch.Labels, 0, batch.Count).ToArray());

        var entries = Assert.Single(Read(body.Encode(decoded, decoded.Labels, 0, decoded.Count))).Entries;
        Assert.Equal([new string('a', length), "end"], entries.Select(entry => entry.Line));
        Assert.Equal(batch.Bytes, decoded.Bytes);
    }

    [Fact]
    public void Any_lines_survive_both_ways() =>
        Gen.Select(Gen.String, Gen.Long[0, long.MaxValue], Gen.Bool).Array[1, 50].Sample(entries =>
        {
            using var body = new PushBody();
            using var batch = new PushBatch(Labels);
            foreach (var (line, time, isTraced) in entries)
                batch.Add(time, Encoding.UTF8.GetBytes(line), isTraced ? Trace : null, isTraced ? Span : null);
            using var decoded = PushBody.Decode(body.Encode(batch, batch.Labels, 0, batch.Count).ToArray());

            var stream = Assert.Single(Read(body.Encode(decoded, decoded.Labels, 0, decoded.Count)));

            var utf8 = entries.Select(entry => (entry.Item2, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(entry.Item1)), entry.Item3 ? 2 : 0));
            Assert.Equal(utf8, stream.Entries.Select(entry => (entry.Nanoseconds, entry.Line, entry.Metadata.Count)));
        });

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"streams":[]}""")]
    [InlineData("""{"streams":[{"stream":{},"values":[["x","line"]]}]}""")]
    [InlineData("""{"streams":[{"stream":{},"values":[["1","line"]]}""")]
    public void What_is_no_push_is_not_decoded(string json)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(json));

        Assert.Throws<InvalidDataException>(() => PushBody.Decode(zipped.ToArray()));
        Assert.Throws<InvalidDataException>(() => PushBody.Decode(Encoding.UTF8.GetBytes(json + "no gzip")));
    }

    [Fact]
    public void What_is_wrong_with_a_body_is_said()
    {
        using var zipped = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
            gzip.Write("""{"streams":[{"stream":{},"values":[[1,"line"]]}]}"""u8);

        var refused = Assert.Throws<InvalidDataException>(() => PushBody.Decode(zipped.ToArray()));

        Assert.Equal("The body is no push of one stream.", refused.Message);
        Assert.Equal("Number is where String should be.", Assert.IsType<FormatException>(refused.InnerException).Message);
    }

    [Fact]
    public void A_lane_is_one_label_more()
    {
        using var body = new PushBody();
        using var batch = Batch();

        var stream = Assert.Single(Read(body.Encode(batch, StreamLabels.InLane(batch.Labels, 335), 0, 1)));

        Assert.Equal("""{app="messaging-service", namespace="colink", pod="messaging-0", replay="335"}""", stream.Name);
    }

    [Fact]
    public void The_bytes_of_a_batch_are_no_fewer_than_Loki_counts()
    {
        using var body = new PushBody();
        using var batch = Batch();

        var entries = Assert.Single(Read(body.Encode(batch, batch.Labels, 0, batch.Count))).Entries;

        Assert.InRange(batch.Bytes, entries.Sum(entry => entry.Bytes), entries.Sum(entry => entry.Bytes) + (100 * batch.Count));
    }

    private static PushBatch Batch()
    {
        var batch = new PushBatch(Labels);
        batch.Add(100, "{\"message\":\"a \\\"b\\\"\"}"u8, Trace, Span);
        batch.Add(200, "second"u8, Trace, null);
        batch.Add(300, "third\n"u8, null, null);
        batch.Add(400, ""u8, null, null);
        return batch;
    }

    private static IReadOnlyList<StubStream> Read(ReadOnlyMemory<byte> body) => PushDecoder.Decode(PushBody.ContentType, PushBody.ContentEncoding, body.ToArray());
}
