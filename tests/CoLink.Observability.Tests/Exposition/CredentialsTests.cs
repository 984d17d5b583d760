using System.Text;
using CoLink.Observability.Exposition;

namespace CoLink.Observability.Tests.Exposition;

public sealed class CredentialsTests
{
    private const string Token = "correct-horse";

    [Theory]
    [InlineData("Bearer correct-horse", true)]
    [InlineData("bearer correct-horse", true)]
    [InlineData("Bearer  correct-horse ", true)]
    [InlineData("Bearer correct-hors", false)]
    [InlineData("Bearer correct-horse2", false)]
    [InlineData("Bearer Correct-horse", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Bearer", false)]
    [InlineData("correct-horse", false)]
    [InlineData("Basic correct-horse", false)]
    [InlineData("", false)]
    public void A_bearer_token_is_accepted_exactly(string header, bool accepted) =>
        Assert.Equal(accepted, new Credentials(Token, null, null).Accept([header]));

    [Theory]
    [InlineData("prometheus", "hunter2-hunter2", true)]
    [InlineData("prometheus", "hunter2-hunter3", false)]
    [InlineData("Prometheus", "hunter2-hunter2", false)]
    [InlineData("prometheus:hunter2", "hunter2", false)]
    [InlineData("", "", false)]
    public void A_basic_user_and_password_are_accepted_exactly(string user, string password, bool accepted) =>
        Assert.Equal(accepted, new Credentials(null, "prometheus", "hunter2-hunter2").Accept([Basic(user, password)]));

    [Fact]
    public void A_password_may_hold_colons_and_any_letters()
    {
        var credentials = new Credentials(null, "größe", "pass:wörd:日本語🔑");

        Assert.True(credentials.Accept([Basic("größe", "pass:wörd:日本語🔑")]));
        Assert.False(credentials.Accept([Basic("größe", "pass:word:日本語🔑")]));
    }

    [Fact]
    public void The_challenge_tells_that_basic_credentials_are_read_as_utf8() =>
        Assert.Equal(["Bearer", "Basic realm=\"metrics\", charset=\"UTF-8\""], new Credentials(Token, "u", "p").Challenges);

    [Theory]
    [InlineData("Basic !!!not-base64!!!")]
    [InlineData("Basic cHJvbWV0aGV1czpodW50ZXIyLWh1bnRlcjI")]
    [InlineData("Basic ====")]
    [InlineData("Basic ")]
    [InlineData("Basic")]
    [InlineData("Bearer cHJvbWV0aGV1czpodW50ZXIyLWh1bnRlcjI=")]
    public void Malformed_basic_credentials_are_refused(string header) =>
        Assert.False(new Credentials(null, "prometheus", "hunter2-hunter2").Accept([header]));

    [Fact]
    public void Where_both_are_configured_both_must_be_there_in_a_header_each()
    {
        var credentials = new Credentials(Token, "prometheus", "hunter2-hunter2");
        var (bearer, basic) = ($"Bearer {Token}", Basic("prometheus", "hunter2-hunter2"));

        Assert.True(credentials.Accept([bearer, basic]));
        Assert.True(credentials.Accept([basic, bearer]));
        Assert.False(credentials.Accept([bearer]));
        Assert.False(credentials.Accept([basic]));
        Assert.False(credentials.Accept([bearer, Basic("prometheus", "wrong-wrong")]));
        Assert.False(credentials.Accept([bearer, bearer]));
    }

    [Fact]
    public void Nothing_configured_accepts_anything()
    {
        var credentials = new Credentials(null, null, null);

        Assert.False(credentials.AreRequired);
        Assert.True(credentials.Accept([]));
        Assert.True(credentials.Accept(["Bearer whatever"]));
    }

    [Fact]
    public void No_secret_is_kept_in_clear()
    {
        var credentials = new Credentials(Token, "prometheus", "hunter2-hunter2");

        var kept = typeof(Credentials).GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic).Select(field => field.GetValue(credentials)).ToList();

        // Both sides as hashes of one length is what makes the comparison one of fixed time.
        Assert.Equal(2, kept.Count);
        Assert.All(kept, value => Assert.Equal(32, Assert.IsType<byte[]>(value).Length));
    }

    internal static string Basic(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
}
