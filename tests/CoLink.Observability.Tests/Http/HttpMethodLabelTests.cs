using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CsCheck;

namespace CoLink.Observability.Tests.Http;

public sealed class HttpMethodLabelTests
{
    [Fact]
    public void Every_known_method_is_itself_in_any_case()
    {
        foreach (var method in HttpCatalogue.Methods.Where(method => method != HttpCatalogue.OtherMethod))
        {
            Assert.Equal(method, HttpMethodLabel.Name(HttpMethodLabel.Of(method)));
            Assert.Equal(method, HttpMethodLabel.Name(HttpMethodLabel.Of(method.ToLowerInvariant())));
        }
    }

    [Fact]
    public void Whatever_else_a_client_makes_up_is_one_value() => Gen.String.Sample(method =>
        Assert.Equal(
            HttpCatalogue.Methods.FirstOrDefault(known => known.Equals(method, StringComparison.OrdinalIgnoreCase)) ?? HttpCatalogue.OtherMethod,
            HttpMethodLabel.Name(HttpMethodLabel.Of(method)), ignoreCase: true));

    [Theory]
    [InlineData("CONNECT", true)]
    [InlineData("GET", false)]
    [InlineData("FOO", false)]
    public void Only_CONNECT_asks_for_a_tunnel(string method, bool expected) => Assert.Equal(expected, HttpMethodLabel.IsConnect(HttpMethodLabel.Of(method)));
}
