using System.Text;

namespace CoLink.Observability.Tracing.Export;

/// <summary>
/// What a collector says beside its yes: how many spans it did not take, and why.
/// Source: opentelemetry/proto/collector/trace/v1/trace_service.proto.
/// </summary>
/// <param name="Rejected">Spans it did not take.</param>
/// <param name="Message">Why, or a warning where it took them all.</param>
internal readonly record struct PartialSuccess(long Rejected, string Message)
{
    private const int GrpcFrame = 5;

    /// <summary>Nothing where the answer is something else than described.</summary>
    public static PartialSuccess Read(ReadOnlySpan<byte> answer, bool isGrpc)
    {
        var message = !isGrpc ? answer : answer.Length > GrpcFrame && answer[0] == 0 ? answer[GrpcFrame..] : [];
        return Field(message, 1, out var partial, out _)
            ? new PartialSuccess(
                Field(partial, 1, out _, out var rejected) ? (long)rejected : 0,
                Field(partial, 2, out var text, out _) ? Encoding.UTF8.GetString(text) : "")
            : new PartialSuccess(0, "");
    }

    /// <summary>The last value of a field; false where it is absent or the message cannot be read.</summary>
    private static bool Field(ReadOnlySpan<byte> message, int number, out ReadOnlySpan<byte> bytes, out ulong value)
    {
        bytes = [];
        value = 0;
        var found = false;
        while (message.Length > 0)
        {
            if (!Varint(ref message, out var tag))
                return false;
            ulong varint = 0;
            var wire = (int)(tag & 7);
            if (wire is 0 or 2 && !Varint(ref message, out varint))
                return false;
            var length = wire switch { 0 => 0ul, 1 => 8ul, 2 => varint, 5 => 4ul, _ => ulong.MaxValue };
            if (length > (ulong)message.Length)
                return false;
            if ((int)(tag >> 3) == number)
            {
                found = true;
                value = varint;
                bytes = message[..(int)length];
            }

            message = message[(int)length..];
        }

        return found;
    }

    private static bool Varint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (var i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
