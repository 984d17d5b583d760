using System.Text;
using CoLink.Observability.WebSockets;
using CsCheck;

namespace CoLink.Observability.Tests.WebSockets;

public sealed class HubMessagesTests
{
    private const string End = "\u001e";

    [Theory]
    [InlineData("""{"type":1,"target":"Say","arguments":["x"]}""", 1)]
    [InlineData("""{"arguments":[{"type":6}],"target":"Say","type":1}""", 1)]
    [InlineData("""{"target":"\"type\":6","type":1}""", 1)]
    [InlineData("""{"target":"type","type":2}""", 1)]
    [InlineData("""{ "type" : 3 , "invocationId":"1"}""", 1)]
    [InlineData("""{"type":5,"invocationId":"1"}""", 1)]
    [InlineData("""{"type":60}""", 1)]
    [InlineData("""{"type":6}""", 0)]
    [InlineData("""{ "type" : 6 }""", 0)]
    [InlineData("""{"type":7,"error":"a long text, so that the message is longer than the head that is kept of it, and longer","allowReconnect":true}""", 0)]
    [InlineData("""{"type":8,"sequenceId":3}""", 0)]
    [InlineData("""{"sequenceId":9223372036854775807,"type":8}""", 0)]
    [InlineData("""{"sequenceId":1,"type":9}""", 0)]
    [InlineData("""{"type":1,"target":"Say","arguments":["a message that is far longer than the head that is kept of it, with a type in it","type"]}""", 1)]
    [InlineData("""{"headers":{"a":[1]},"type":6}""", 0)]
    [InlineData("""{"error":"a \" b","type":7}""", 0)]
    [InlineData("""{"error":"a \\","type":7}""", 0)]
    [InlineData("""{"type":6""", 1)]
    [InlineData("not json at all \\", 1)]
    [InlineData("\"", 1)]
    public void A_JSON_message_is_counted_unless_it_only_keeps_the_connection(string message, int messages)
    {
        var hub = new HubMessages(new HubMessages.Connection());
        Assert.Equal(0, hub.Count(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}" + End), true));
        Assert.Equal(messages, hub.Count(Encoding.UTF8.GetBytes(message + End), true));
        Assert.Equal(3 * messages, hub.Count(Encoding.UTF8.GetBytes(message + End + message + End + message + End), true));
    }

    [Theory]
    [InlineData(new byte[] { 0x95, 0x01, 0x80, 0xC0, 0xA1, 0x41, 0x90 }, 1)]
    [InlineData(new byte[] { 0x91, 0x06 }, 0)]
    [InlineData(new byte[] { 0x92, 0x07, 0xC0 }, 0)]
    [InlineData(new byte[] { 0x92, 0x08, 0x05 }, 0)]
    [InlineData(new byte[] { 0x92, 0x09, 0x05 }, 0)]
    [InlineData(new byte[] { 0xDC, 0x00, 0x01, 0x06 }, 0)]
    [InlineData(new byte[] { 0xDC, 0x00, 0x01, 0x01 }, 1)]
    [InlineData(new byte[] { 0x90, 0x06 }, 0)]
    [InlineData(new byte[] { 0x9F, 0x06 }, 0)]
    [InlineData(new byte[] { 0xA0, 0x06 }, 1)]
    [InlineData(new byte[] { 0xC1 }, 1)]
    public void A_MessagePack_message_is_counted_unless_it_only_keeps_the_connection(byte[] message, int messages)
    {
        var hub = new HubMessages(new HubMessages.Connection());
        Assert.Equal(0, hub.Count(Encoding.UTF8.GetBytes("{\"protocol\":\"messagepack\",\"version\":1}" + End), true));
        byte[] framed = [(byte)message.Length, .. message];
        Assert.Equal(messages, hub.Count(framed, true));
        Assert.Equal(2 * messages, hub.Count([.. framed, .. framed], true));
    }

    [Fact]
    public void Long_binary_messages_have_their_length_in_several_bytes()
    {
        var hub = new HubMessages(new HubMessages.Connection());
        hub.Count(Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}" + End), true);
        var message = new byte[20_000];
        (message[0], message[1]) = (0x96, 0x01);
        Assert.Equal(1, hub.Count([0xA0, 0x9C, 0x01, .. message], true));
        Assert.Equal(0, hub.Count([0x02, 0x91, 0x06], true));
    }

    [Fact]
    public void A_length_whose_first_byte_adds_nothing_is_read_on()
    {
        var hub = new HubMessages(new HubMessages.Connection());
        hub.Count(Encoding.UTF8.GetBytes("{\"protocol\":\"messagepack\",\"version\":1}" + End), true);
        var message = new byte[128];
        (message[0], message[1]) = (0x96, 0x01);
        Assert.Equal(1, hub.Count([0x80, 0x01, .. message], true));
        Assert.Equal(0, hub.Count([0x02, 0x91, 0x06], true));
    }

    [Fact]
    public void A_length_without_an_end_is_of_a_protocol_that_is_not_known()
    {
        var hub = new HubMessages(new HubMessages.Connection());
        hub.Count(Encoding.UTF8.GetBytes("{\"protocol\":\"messagepack\",\"version\":1}" + End), true);
        Assert.Equal(1, hub.Count([0x80, 0x80, 0x80, 0x80, 0x80, 0x02, 0x91, 0x06, 0x02, 0x91, 0x06], true));
        Assert.Equal(0, hub.Count([0x02, 0x91], false));
        Assert.Equal(1, hub.Count([0x06], true));
    }

    [Fact]
    public void The_server_speaks_the_protocol_of_the_clients_handshake()
    {
        var connection = new HubMessages.Connection();
        var (received, sent) = (new HubMessages(connection), new HubMessages(connection));
        Assert.Equal(0, received.Count(Encoding.UTF8.GetBytes("{\"protocol\":\"messagepack\",\"version\":1}" + End), true));
        Assert.Equal(1, sent.Count([.. Encoding.UTF8.GetBytes("{}" + End), 0x02, 0x91, 0x06, 0x03, 0x93, 0x01, 0x80], true));
    }

    [Fact]
    public void A_connection_that_resumes_has_no_handshake()
    {
        Assert.Equal(1, new HubMessages(new()).Count(Encoding.UTF8.GetBytes("{\"type\":9,\"sequenceId\":1}" + End + "{\"type\":1}" + End), true));
        Assert.Equal(1, new HubMessages(new()).Count([0x03, 0x92, 0x09, 0x01, 0x02, 0x91, 0x01], true));
    }

    [Fact]
    public void Of_a_protocol_that_is_not_known_each_websocket_message_counts()
    {
        var connection = new HubMessages.Connection();
        var (received, sent) = (new HubMessages(connection), new HubMessages(connection));
        Assert.Equal(0, received.Count(Encoding.UTF8.GetBytes("{\"protocol\":\"own\",\"version\":1}" + End), true));
        Assert.Equal(0, sent.Count(Encoding.UTF8.GetBytes("{}" + End), true));
        foreach (var direction in (HubMessages[])[received, sent])
        {
            Assert.Equal(0, direction.Count("part"u8, false));
            Assert.Equal(1, direction.Count("end"u8, true));
        }
    }

    /// <summary>Bytes arrive in any portions, and messages in any batches.</summary>
    [Fact]
    public void Portions_do_not_matter() =>
        Gen.Select(Gen.Bool, OneOf("{\"type\":1,\"target\":\"x\"}", "{\"type\":6}", "{\"sequenceId\":12,\"type\":8}", "{\"type\":2,\"item\":\"" + new string('a', 200) + "\"}").Array[1, 20], Gen.Int[1, 50].Array[1, 30])
            .Sample((binary, messages, portions) =>
            {
                var expected = messages.Count(message => message[8] is '1' or '2');
                byte[] bytes = binary ? [.. "{\"protocol\":\"messagepack\"}\u001e"u8, .. messages.SelectMany(Binary)] : [.. "{\"protocol\":\"json\"}\u001e"u8, .. messages.SelectMany(message => Encoding.UTF8.GetBytes(message + End))];
                var hub = new HubMessages(new HubMessages.Connection());
                var counted = 0;
                for (int at = 0, i = 0; at < bytes.Length; i++)
                {
                    var length = Math.Min(portions[i % portions.Length], bytes.Length - at);
                    counted += hub.Count(bytes.AsSpan(at, length), i % 2 == 0);
                    at += length;
                }

                return counted == expected;
            });

    [Fact]
    public void Anything_at_all_throws_nothing() =>
        Gen.Select(OneOf("", "{\"protocol\":\"json\"}\u001e", "{\"protocol\":\"messagepack\"}\u001e", "{\"proto"), Gen.Byte.Array[0, 300].Array[0, 5])
            .Sample((handshake, parts) =>
            {
                var hub = new HubMessages(new HubMessages.Connection());
                hub.Count(Encoding.UTF8.GetBytes(handshake), true);
                foreach (var part in parts)
                    Assert.InRange(hub.Count(part, true), 0, part.Length + 1);
            });

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>The same messages as MessagePack has them: a map of their length that begins with their type.</summary>
    private static byte[] Binary(string message)
    {
        var type = message.Contains("\"type\":1,", StringComparison.Ordinal) ? 1 : message.Contains("\"type\":2,", StringComparison.Ordinal) ? 2 : message.Contains(":6", StringComparison.Ordinal) ? 6 : 8;
        var body = new byte[Math.Max(2, message.Length)];
        (body[0], body[1]) = (0x93, (byte)type);
        return body.Length < 128 ? [(byte)body.Length, .. body] : [(byte)(0x80 | (body.Length & 0x7F)), (byte)(body.Length >> 7), .. body];
    }
}
