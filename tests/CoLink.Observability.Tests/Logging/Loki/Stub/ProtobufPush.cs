using System.Text;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Tests.Logging.Loki.Stub;

/// <summary>Loki's <c>logproto.PushRequest</c>: streams (1) of labels (1) and entries (2), which have a timestamp (1), a line (2) and structured metadata (3).</summary>
internal static partial class ProtobufPush
{
    private const int Varint = 0;
    private const int Bytes = 2;

    public static IReadOnlyList<StubStream> Read(byte[] message) => [.. Fields(message).Where(field => field.Number == 1).Select(field => Stream(field.Value))];

    private static StubStream Stream(ReadOnlyMemory<byte> message)
    {
        var fields = Fields(message).ToArray();
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Match label in Label().Matches(Text(fields.Single(field => field.Number == 1).Value)))
            labels.Add(label.Groups["name"].Value, Regex.Unescape(label.Groups["value"].Value));
        return new StubStream(labels, [.. fields.Where(field => field.Number == 2).Select(field => Entry(field.Value))]);
    }

    private static StubEntry Entry(ReadOnlyMemory<byte> message)
    {
        var fields = Fields(message).ToArray();
        var time = Fields(fields.Single(field => field.Number == 1).Value).ToDictionary(field => field.Number, field => field.Whole);
        var metadata = fields.Where(field => field.Number == 3).Select(field => Fields(field.Value).ToDictionary(part => part.Number, part => Text(part.Value)));
        return new StubEntry(
            (time.GetValueOrDefault(1) * 1_000_000_000) + time.GetValueOrDefault(2), Text(fields.Single(field => field.Number == 2).Value), metadata.ToDictionary(pair => pair[1], pair => pair[2]));
    }

    private static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    private static IEnumerable<(int Number, long Whole, ReadOnlyMemory<byte> Value)> Fields(ReadOnlyMemory<byte> message)
    {
        while (message.Length > 0)
        {
            var key = Whole(ref message);
            switch ((int)key & 7)
            {
                case Varint:
                    yield return ((int)key >> 3, Whole(ref message), default);
                    break;
                case Bytes:
                    var length = (int)Whole(ref message);
                    yield return ((int)key >> 3, 0, message[..length]);
                    message = message[length..];
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7} is in no push.");
            }
        }
    }

    private static long Whole(ref ReadOnlyMemory<byte> message)
    {
        var (value, shift, at) = (0L, 0, 0);
        for (byte part = 0x80; (part & 0x80) != 0; shift += 7)
        {
            part = message.Span[at++];
            value |= (long)(part & 0x7F) << shift;
        }

        message = message[at..];
        return value;
    }

    [GeneratedRegex("(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=\"(?<value>([^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();
}
