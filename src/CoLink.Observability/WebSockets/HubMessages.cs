namespace CoLink.Observability.WebSockets;

/// <summary>
/// One direction of a SignalR socket: finds the ends of the hub's messages in the bytes that pass, and tells what the hub says from
/// what keeps the connection. A WebSocket message holds as many of them as were ready at the time, so that they, and not it, are
/// what a hub sends and receives. It keeps the head of a message at most.
/// </summary>
/// <param name="connection">What both directions know: the client's handshake names the protocol of both.</param>
internal sealed class HubMessages(HubMessages.Connection connection)
{
    /// <summary>More than the longest of the messages that are not counted, but for a close with a text.</summary>
    private const int HeadLength = 64;

    private const byte TextEnd = 0x1E;

    /// <summary>Bits that a length in front of a binary message may have: five bytes of seven.</summary>
    private const int LengthBits = 35;

    private readonly byte[] _head = new byte[HeadLength];
    private Framing _framing;
    private int _kept;
    private uint _length;
    private int _lengthBits;
    private uint _left;

    internal enum Framing
    {
        /// <summary>Nothing has passed yet.</summary>
        Unknown,

        /// <summary>The handshake, which is JSON whatever the protocol.</summary>
        Handshake,

        /// <summary>JSON, each message with a mark at its end.</summary>
        Text,

        /// <summary>MessagePack, each message with its length in front.</summary>
        Binary,

        /// <summary>A protocol that we do not know: a WebSocket message is the message.</summary>
        Opaque,
    }

    /// <param name="bytes">What passed.</param>
    /// <param name="endOfMessage">Whether a WebSocket message ends with it.</param>
    /// <returns>How many of the hub's messages ended.</returns>
    public int Count(ReadOnlySpan<byte> bytes, bool endOfMessage)
    {
        var messages = 0;
        while (!bytes.IsEmpty && _framing != Framing.Opaque)
        {
            if (_framing == Framing.Unknown)
                _framing = bytes[0] == '{' ? Framing.Handshake : Framing.Binary;
            messages += (_framing == Framing.Binary ? TakeBinary(ref bytes) : TakeText(ref bytes)) ? 1 : 0;
        }

        // What is left of a handshake's own message is no message.
        return _framing == Framing.Opaque && endOfMessage && !bytes.IsEmpty ? messages + 1 : messages;
    }

    private bool TakeText(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf(TextEnd);
        var part = end < 0 ? bytes : bytes[..end];
        bytes = end < 0 ? [] : bytes[(end + 1)..];
        if (_kept == 0 && end >= 0)
            return IsTextMessage(part[..Math.Min(part.Length, HeadLength)]);

        Keep(part);
        if (end < 0)
            return false;
        var head = _head.AsSpan(0, _kept);
        _kept = 0;
        return IsTextMessage(head);
    }

    private bool IsTextMessage(ReadOnlySpan<byte> head)
    {
        var type = JsonHead.Value(head, "type"u8);
        if (_framing == Framing.Text)
            return IsMessage(type.Length > 1 && !char.IsAsciiDigit((char)type[1]) ? type[0] - '0' : 0);

        // A connection that resumes on a new socket begins without a handshake.
        if (!type.IsEmpty)
        {
            _framing = Framing.Text;
            return IsTextMessage(head);
        }

        var protocol = JsonHead.Value(head, "protocol"u8);
        if (!protocol.IsEmpty)
            connection.Framing = Of(protocol);
        _framing = connection.Framing == Framing.Unknown ? Framing.Opaque : connection.Framing;
        return false;
    }

    /// <summary>Blazor's protocol is MessagePack under another name.</summary>
    private static Framing Of(ReadOnlySpan<byte> protocol)
    {
        if (protocol.StartsWith("\"json\""u8))
            return Framing.Text;
        return protocol.StartsWith("\"messagepack\""u8) || protocol.StartsWith("\"blazorpack\""u8) ? Framing.Binary : Framing.Opaque;
    }

    private bool TakeBinary(ref ReadOnlySpan<byte> bytes)
    {
        if (_left == 0)
        {
            TakeLength(bytes[0]);
            bytes = bytes[1..];
            return false;
        }

        var taken = (int)Math.Min(_left, (uint)bytes.Length);
        Keep(bytes[..taken]);
        bytes = bytes[taken..];
        _left -= (uint)taken;
        if (_left > 0)
            return false;
        var head = _head.AsSpan(0, _kept);
        _kept = 0;

        return IsMessage(BinaryType(head));
    }

    /// <summary>A message is an array whose first item is its type; 0 where it is something else, which is counted.</summary>
    private static int BinaryType(ReadOnlySpan<byte> head) => head switch
    {
        [>= 0x90 and <= 0x9F, var type, ..] => type,
        [0xDC, _, _, var type, ..] => type,
        _ => 0,
    };

    private void TakeLength(byte next)
    {
        _length |= (uint)(next & 0x7F) << _lengthBits;
        _lengthBits += 7;
        if (next < 0x80)
        {
            _left = _length;
            (_length, _lengthBits) = (0, 0);
        }
        else if (_lengthBits >= LengthBits)
        {
            _framing = Framing.Opaque;
        }
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        part = part[..Math.Min(part.Length, HeadLength - _kept)];
        part.CopyTo(_head.AsSpan(_kept));
        _kept += part.Length;
    }

    /// <summary>All but ping (6), close (7), acknowledgement (8) and sequence (9).</summary>
    private static bool IsMessage(int type) => type is < 6 or > 9;

    /// <summary>What the two directions of a socket share.</summary>
    internal sealed class Connection
    {
        private volatile Framing _framing;

        public Framing Framing
        {
            get => _framing;
            set => _framing = value;
        }
    }
}
