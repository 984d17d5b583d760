using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace CoLink.Observability.Tests.Logging.Loki.Stub;

/// <summary>Reads a push as Loki does: JSON where the content type says so, otherwise protobuf in Snappy; gzip where the encoding says so.</summary>
internal static class PushDecoder
{
    /// <exception cref="FormatException">It is not what its headers say.</exception>
    public static IReadOnlyList<StubStream> Decode(string? contentType, string? encoding, byte[] body)
    {
        try
        {
            var plain = encoding switch
            {
                null or "" or "snappy" => body,
                "gzip" => Inflate(body),
                _ => throw new FormatException($"Content-Encoding \"{encoding}\" not supported"),
            };
            return contentType?.Split(';')[0] == "application/json" ? Json(plain) : ProtobufPush.Read(Snappier.Snappy.DecompressToArray(plain));
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or KeyNotFoundException or ArgumentException or IndexOutOfRangeException)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    private static byte[] Inflate(byte[] body)
    {
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    private static StubStream[] Json(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.GetProperty("streams").EnumerateArray().Select(stream => new StubStream(Strings(stream.GetProperty("stream")), [.. stream.GetProperty("values").EnumerateArray().Select(Entry)]))];
    }

    private static StubEntry Entry(JsonElement value) => new(
        long.Parse(value[0].GetString()!, NumberStyles.None, CultureInfo.InvariantCulture), value[1].GetString()!, value.GetArrayLength() > 2 ? Strings(value[2]) : []);

    private static SortedDictionary<string, string> Strings(JsonElement map)
    {
        var strings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in map.EnumerateObject())
            strings.Add(property.Name, property.Value.GetString()!);
        return strings;
    }
}
