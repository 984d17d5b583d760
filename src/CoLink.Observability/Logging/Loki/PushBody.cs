using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// The body of a push, in the network and in the spool: JSON, gzip. docs/decisions/0018-what-a-push-is-made-of.md has what was
/// measured. One instance a loop: what it returns is valid until it is asked again.
/// </summary>
internal sealed class PushBody : IDisposable
{
    public const string ContentType = "application/json";
    public const string ContentEncoding = "gzip";

    /// <summary>The first level of zlib-ng that looks for matches well enough; the two below it give codes of fixed length to the digits of ids, or find less.</summary>
    private const int Level = 3;

    private readonly ZLibCompressionOptions _compression = new() { CompressionLevel = Level };
    private readonly MemoryStream _output = new();
    private (PushBatch? Batch, ReadOnlyMemory<byte> Labels, int From, int To) _made;

    /// <summary>A push of the entries from one to before another.</summary>
    /// <param name="batch">Has them.</param>
    /// <param name="labels">The stream's, as a JSON object.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">The one behind the last.</param>
    public ReadOnlyMemory<byte> Encode(PushBatch batch, ReadOnlyMemory<byte> labels, int from, int to)
    {
        // Written ahead and then sent, or sent again: the same body.
        if (ReferenceEquals(_made.Batch, batch) && _made.Labels.Equals(labels) && (_made.From, _made.To) == (from, to))
            return Made;
        _made = default;
        _output.SetLength(0);
        using (var gzip = new GZipStream(_output, _compression, leaveOpen: true))
        {
            gzip.Write("{\"streams\":[{\"stream\":"u8);
            gzip.Write(labels.Span);
            gzip.Write(",\"values\":["u8);
            gzip.Write(batch.Values(from, to));
            gzip.Write("]}]}"u8);
        }

        _made = (batch, labels, from, to);
        return Made;
    }

    private ReadOnlyMemory<byte> Made => _output.GetBuffer().AsMemory(0, (int)_output.Length);

    public void Dispose() => _output.Dispose();

    /// <summary>The batch that a body was made from.</summary>
    /// <exception cref="InvalidDataException">It is none of ours.</exception>
    public static PushBatch Decode(ReadOnlyMemory<byte> body)
    {
        var (json, length) = Inflate(body);
        try
        {
            return Read(json, length);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            ArrayPool<byte>.Shared.Return(json);
            throw new InvalidDataException("The body is no push of one stream.", exception);
        }
    }

    private static (byte[] Json, int Length) Inflate(ReadOnlyMemory<byte> body)
    {
        using var gzip = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
        var json = ArrayPool<byte>.Shared.Rent(Math.Max(16 * 1024, body.Length * 8));
        for (var length = 0; ;)
        {
            if (length == json.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(json.Length * 2);
                json.CopyTo(larger, 0);
                ArrayPool<byte>.Shared.Return(json);
                json = larger;
            }

            var read = gzip.Read(json, length, json.Length - length);
            if (read == 0)
                return (json, length);
            length += read;
        }
    }

    private static PushBatch Read(byte[] json, int length)
    {
        var reader = new Utf8JsonReader(json.AsSpan(0, length));
        Expect(ref reader, JsonTokenType.StartObject, JsonTokenType.PropertyName, JsonTokenType.StartArray, JsonTokenType.StartObject, JsonTokenType.PropertyName, JsonTokenType.StartObject);
        var labels = (int)reader.TokenStartIndex;
        reader.Skip();
        var labelsEnd = (int)reader.BytesConsumed;
        Expect(ref reader, JsonTokenType.PropertyName, JsonTokenType.StartArray);
        var entries = new List<PushBatch.Entry>();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            var start = (int)reader.TokenStartIndex;
            Expect(ref reader, JsonTokenType.String);
            var nanoseconds = long.Parse(Encoding.ASCII.GetString(reader.ValueSpan), NumberStyles.None, CultureInfo.InvariantCulture);
            Expect(ref reader, JsonTokenType.String);
            var line = reader.ValueSpan.Length;
            var hasIds = false;
            for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; reader.Skip())
                hasIds = true;

            // Behind the last there is no comma, and a slice leaves out whatever is behind its last.
            entries.Add(new PushBatch.Entry(start, (int)reader.BytesConsumed + 1, nanoseconds, PushBatch.BytesOf(line, hasIds)));
        }

        Expect(ref reader, JsonTokenType.EndObject, JsonTokenType.EndArray, JsonTokenType.EndObject);
        return PushBatch.Adopt(json.AsSpan(labels..labelsEnd).ToArray(), json, entries);
    }

    private static void Expect(ref Utf8JsonReader reader, params ReadOnlySpan<JsonTokenType> tokens)
    {
        foreach (var token in tokens)
        {
            if (!reader.Read() || reader.TokenType != token)
                throw new FormatException($"{reader.TokenType} is where {token} should be.");
        }
    }
}
