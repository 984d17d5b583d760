using System.Buffers.Binary;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace CoLink.Observability.MongoDB.Tests.Stub;

/// <summary>A request of the wire protocol, of the two kinds that drivers send: the first greeting, and everything else.</summary>
internal sealed class WireMessage
{
    private const int HeaderLength = 16;
    private const int Reply = 1;
    private const int Query = 2004;
    private const int Msg = 2013;

    private readonly int _id;
    private readonly int _kind;

    private WireMessage(int id, int kind, BsonDocument command)
    {
        _id = id;
        _kind = kind;
        Command = command;
    }

    public BsonDocument Command { get; }

    /// <summary>Null where the client closed the connection.</summary>
    public static async Task<WireMessage?> ReadAsync(Stream stream, CancellationToken stop)
    {
        var header = new byte[HeaderLength];
        if (await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, stop) < HeaderLength)
            return null;
        var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header) - HeaderLength];
        await stream.ReadExactlyAsync(body, stop);
        var kind = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
        return new WireMessage(BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)), kind, kind == Query ? OfQuery(body) : OfMsg(body));
    }

    public async Task ReplyAsync(Stream stream, BsonDocument answer, CancellationToken stop)
    {
        var document = answer.ToBson();

        // A reply has flags, a cursor, an offset and a count; a message flags and the kind of its one section.
        var front = new byte[HeaderLength + (_kind == Query ? 20 : 5)];
        BinaryPrimitives.WriteInt32LittleEndian(front, front.Length + document.Length);
        BinaryPrimitives.WriteInt32LittleEndian(front.AsSpan(8), _id);
        BinaryPrimitives.WriteInt32LittleEndian(front.AsSpan(12), _kind == Query ? Reply : Msg);
        if (_kind == Query)
            BinaryPrimitives.WriteInt32LittleEndian(front.AsSpan(HeaderLength + 16), 1);
        await stream.WriteAsync((byte[])[.. front, .. document], stop);
    }

    /// <summary>Flags, the collection's name, two numbers, the command.</summary>
    private static BsonDocument OfQuery(byte[] body) => Document(body.AsSpan(Array.IndexOf(body, (byte)0, 4) + 1 + 8));

    /// <summary>Flags, then sections. The first of kind 0 is the command; those of kind 1 bring its documents.</summary>
    private static BsonDocument OfMsg(byte[] body)
    {
        for (var at = 4; ;)
        {
            if (body[at] == 0)
                return Document(body.AsSpan(at + 1));
            at += 1 + BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at + 1));
        }
    }

    private static BsonDocument Document(ReadOnlySpan<byte> bytes) =>
        BsonSerializer.Deserialize<BsonDocument>(bytes[..BinaryPrimitives.ReadInt32LittleEndian(bytes)].ToArray());
}
