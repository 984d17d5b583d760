using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Redaction;
using CsCheck;

namespace CoLink.Observability.Tests.Logging.Redaction;

public sealed class SecretNamesTests
{
    private readonly SecretNames _defaults = new(LoggingOptions.DefaultRedactedProperties);

    [Theory]
    [InlineData("token"), InlineData("Token"), InlineData("TOKEN"), InlineData("AccessToken"), InlineData("accessToken"), InlineData("access_token"), InlineData("x-csrf-token"), InlineData("X-CSRF-TOKEN")]
    [InlineData("tokens"), InlineData("Cookies"), InlineData("Set-Cookie"), InlineData("CookieHeader"), InlineData("TokenHash"), InlineData("token2"), InlineData("OAuth2Token"), InlineData("user.token.value")]
    [InlineData("ApiKey"), InlineData("apikey"), InlineData("api_key"), InlineData("X-Api-Key"), InlineData("APIKey"), InlineData("API_KEY"), InlineData("ApiKEY"), InlineData("myApiKeys"), InlineData("APIkey")]
    [InlineData("Authorization"), InlineData("Proxy-Authorization"), InlineData("Password"), InlineData("PasswordHash"), InlineData("UserPassword"), InlineData("pwd"), InlineData("OAUTHtoken"), InlineData("$secret"), InlineData("ClientSecret")]
    [InlineData("ConnectionString"), InlineData("connection-string"), InlineData("ConnectionStrings:Postgres"), InlineData("Credential"), InlineData("NetworkCredentials"), InlineData("PrivateKey"), InlineData("aws_access_key_id"), InlineData("passphrase")]
    public void A_secret_is_known_by_its_words(string name) => Assert.True(_defaults.Contains(name));

    [Theory]
    [InlineData("Tokenizer"), InlineData("tokenized"), InlineData("UserId"), InlineData("Key"), InlineData("ApiVersion"), InlineData("KeyApi"), InlineData("Connection"), InlineData("Pass"), InlineData("Passenger"), InlineData("Secretary"), InlineData("Author")]
    [InlineData("Betoken"), InlineData(""), InlineData("-"), InlineData("___"), InlineData("Path"), InlineData("Elapsed"), InlineData("кукиs")]
    public void What_only_looks_alike_is_shown(string name) => Assert.False(_defaults.Contains(name));

    [Fact]
    public void The_names_are_the_operators()
    {
        var names = new SecretNames(["X-Customer_No", "iban2", "---"]);

        Assert.True(names.Contains("customer.x.customer.no"));
        Assert.True(names.Contains("XCustomerNo"));
        Assert.True(names.Contains("Iban2"));
        Assert.False(names.Contains("CustomerNo"));
        Assert.False(names.Contains("password"));
        Assert.False(names.Contains("---"));
    }

    [Fact]
    public void A_secret_word_is_found_wherever_it_stands()
    {
        var word = Gen.OneOf("user", "http", "x", "id", "value", "9");
        Gen.Select(word.Array[0, 40], word.Array[0, 40], Gen.OneOf("-", "_", ".", ":", " "), Gen.OneOf(LoggingOptions.DefaultRedactedProperties)).Sample(
            (before, after, separator, secret) => _defaults.Contains(string.Join(separator, [.. before, secret, .. after])), iter: 2000);
    }

    [Fact]
    public void Any_name_at_all_is_judged() => Gen.String.Sample(name => _defaults.Contains(name) || true, iter: 5000);
}
