using System.Buffers.Binary;
using CoLink.Observability.Logging.Loki.Spool;

namespace CoLink.Observability.LogCrash;

/// <summary>A payload whose number tells its size and every byte of it, so that another process can say whether it is whole.</summary>
internal static class NumberedPayload
{
    private const int Largest = 60_000;

    public static byte[] Body(int number)
    {
        var random = new Random(number);
        var body = new byte[sizeof(int) + random.Next(Largest)];
        random.NextBytes(body);
        BinaryPrimitives.WriteInt32LittleEndian(body, number);
        return body;
    }

    public static SpoolHeader Header(int number) => new(Entries: 1 + (number % 7), OldestNanoseconds: number, NewestNanoseconds: number + 1L, Attempted: false);

    /// <summary>Throws where the payload is not the one that its number says.</summary>
    public static int NumberOf(SpoolPayload payload)
    {
        var number = BinaryPrimitives.ReadInt32LittleEndian(payload.Body.Span);
        if (!payload.Body.Span.SequenceEqual(Body(number)) || payload.Header != Header(number))
            throw new InvalidDataException($"Payload {number} is not what was written.");
        return number;
    }
}
