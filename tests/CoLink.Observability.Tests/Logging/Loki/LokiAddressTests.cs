using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class LokiAddressTests
{
    [Theory]
    [InlineData("http://loki:3100", "http://loki:3100/loki/api/v1/push")]
    [InlineData("http://loki:3100/", "http://loki:3100/loki/api/v1/push")]
    [InlineData("https://logs.example.com/tenant/", "https://logs.example.com/tenant/loki/api/v1/push")]
    [InlineData("https://logs.example.com/loki/api/v1/push", "https://logs.example.com/loki/api/v1/push")]
    [InlineData("https://logs.example.com/loki/api/v1/pushed", "https://logs.example.com/loki/api/v1/pushed/loki/api/v1/push")]
    public void An_address_leads_to_the_push_api(string text, string expected)
    {
        Assert.True(LokiAddress.TryParse(text, out var address));
        Assert.Equal(expected, address.AbsoluteUri);
    }

    [Theory]
    [InlineData("loki:3100")]
    [InlineData("/loki")]
    [InlineData("ftp://loki")]
    [InlineData("file:///loki")]
    [InlineData("http://user:secret@loki:3100")]
    [InlineData("http://user@loki:3100")]
    [InlineData("http://loki:3100?tenant=a")]
    [InlineData("http://loki:3100#push")]
    [InlineData("")]
    public void Anything_else_is_none(string text)
    {
        Assert.False(LokiAddress.TryParse(text, out var address));
        Assert.Null(address);
    }
}
