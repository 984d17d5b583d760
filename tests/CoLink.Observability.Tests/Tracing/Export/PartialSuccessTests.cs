using CoLink.Observability.Tracing.Export;
using CsCheck;

namespace CoLink.Observability.Tests.Tracing.Export;

public sealed class PartialSuccessTests
{
    [Theory]
    [InlineData("", 0, "")]
    [InlineData("0A00", 0, "")]
    [InlineData("0A020803", 3, "")]
    [InlineData("0A0408032A00", 3, "")]
    [InlineData("0A0712056F75636821", 0, "ouch!")]
    [InlineData("0A0A08AC0212056F75636821", 300, "ouch!")]
    [InlineData("0A02080", 0, "")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFF", 0, "")]
    [InlineData("0A7F0803", 0, "")]
    [InlineData("3C68746D6C3E", 0, "")]
    public void It_reads_what_was_rejected_and_why(string hex, long rejected, string message)
    {
        var bytes = Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex + "0");
        Assert.Equal(new PartialSuccess(rejected, message), PartialSuccess.Read(bytes, isGrpc: false));
        byte[] frame = [0, 0, 0, 0, (byte)bytes.Length, .. bytes];
        Assert.Equal(new PartialSuccess(rejected, message), PartialSuccess.Read(frame, isGrpc: true));
    }

    [Fact]
    public void Whatever_an_answer_is_reading_it_does_not_throw() => Gen.Byte.Array[0, 64].Sample(bytes =>
    {
        _ = PartialSuccess.Read(bytes, isGrpc: false);
        _ = PartialSuccess.Read(bytes, isGrpc: true);
        return true;
    });
}
