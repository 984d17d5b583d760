using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class PushAdviceTests
{
    [Theory]
    [InlineData(300, "points elsewhere")]
    [InlineData(307, "points elsewhere")]
    [InlineData(399, "points elsewhere")]
    [InlineData(299, "no answer of Loki's")]
    [InlineData(400, "no answer of Loki's")]
    [InlineData(402, "no answer of Loki's")]
    [InlineData(418, "no answer of Loki's")]
    [InlineData(401, ":BearerToken, BasicUser, BasicPassword and Tenant")]
    [InlineData(403, ":BearerToken, BasicUser, BasicPassword and Tenant")]
    [InlineData(404, "no push API at")]
    [InlineData(405, "no push API at")]
    public void Each_status_that_stays_until_somebody_acts_says_where_to_look(int status, string advice)
    {
        Assert.Contains(advice, PushAdvice.For(status), StringComparison.Ordinal);
        Assert.Contains("CoLink:Observability:Logging:Loki:", PushAdvice.For(status), StringComparison.Ordinal);
    }
}
