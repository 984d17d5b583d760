using System.Net;
using CoLink.Observability.Exposition;

namespace CoLink.Observability.Tests.Exposition;

public sealed class AllowedNetworksTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:11.1.2.3", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("2001:db8::1", "2001:db8::1", true)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "10.1.2.3", false)]
    [InlineData("::/0", "::ffff:10.1.2.3", false)]
    public void A_peer_is_allowed_where_a_network_holds_it(string network, string peer, bool allowed) =>
        Assert.Equal(allowed, new AllowedNetworks([network]).Contains(IPAddress.Parse(peer)));

    [Fact]
    public void One_of_several_networks_is_enough() =>
        Assert.True(new AllowedNetworks(["10.0.0.0/8", "192.168.0.0/16"]).Contains(IPAddress.Parse("192.168.7.7")));

    [Fact]
    public void An_unknown_peer_is_in_no_network_and_allowed_where_none_is_given()
    {
        Assert.False(new AllowedNetworks(["0.0.0.0/0", "::/0"]).Contains(null));
        Assert.True(new AllowedNetworks([]).Contains(null));
    }

    [Theory]
    [InlineData("10")]
    [InlineData("10.0")]
    [InlineData("010.0.0.1")]
    [InlineData("0x0a000001")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("/8")]
    [InlineData("2001:db8::1/32")]
    [InlineData("localhost")]
    [InlineData("*")]
    [InlineData("")]
    public void What_could_be_read_as_another_network_is_refused(string text)
    {
        Assert.False(AllowedNetworks.TryParse(text, out _));
        Assert.Throws<FormatException>(() => new AllowedNetworks([text]));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.169.0.1", true)]
    [InlineData("100.128.0.1", true)]
    [InlineData("2a00:1450::1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.9.9.9", false)]
    [InlineData("::1", false)]
    [InlineData("10.255.255.255", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.1.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    public void Public_is_what_no_private_network_holds(string peer, bool isPublic) =>
        Assert.Equal(isPublic, AllowedNetworks.IsPublic(IPAddress.Parse(peer)));

    [Fact]
    public void An_unknown_peer_is_not_public() => Assert.False(AllowedNetworks.IsPublic(null));
}
