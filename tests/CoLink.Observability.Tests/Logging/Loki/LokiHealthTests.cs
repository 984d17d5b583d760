using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What is remembered of an outage ends with it.</summary>
public sealed class LokiHealthTests : IDisposable
{
    private const int Unreachable = 165;
    private const int Misconfigured = 166;
    private const int TakesAgain = 167;

    private readonly FakeTimeProvider _time = new(Some.Time);
    private readonly CollectingLogs _logs = new();

    [Fact]
    public void The_first_wait_of_an_outage_is_short_however_long_the_one_before_was()
    {
        var health = Health();
        foreach (var seconds in new[] { 0.5, 1, 2, 4, 8 })
        {
            health.Failed(Later);
            Assert.Equal(TimeSpan.FromSeconds(seconds), health.Wait);
        }

        health.Answered(hasStored: true);
        Assert.Equal(TimeSpan.Zero, health.Wait);

        health.Failed(Later);
        Assert.Equal(TimeSpan.FromSeconds(0.5), health.Wait);
    }

    [Fact]
    public void A_status_that_an_operator_must_mend_is_said_again_in_the_next_outage()
    {
        var health = Health();
        health.Failed(Wrong(401));
        health.Failed(Wrong(401));
        health.Failed(Wrong(403));
        Assert.Equal(2, _logs.Of(Misconfigured).Count());

        health.Answered(hasStored: false);
        health.Failed(Wrong(401));
        health.Failed(Wrong(401));

        Assert.Equal(3, _logs.Of(Misconfigured).Count());
        Assert.Single(_logs.Of(TakesAgain));
        Assert.Empty(_logs.Of(Unreachable));
    }

    [Fact]
    public void It_says_why_it_fails_since_when_and_until_when()
    {
        var health = Health();
        Assert.Equal((false, null, TimeSpan.Zero), (health.IsFailing, health.WhyFailing, health.Wait));
        Assert.Null(health.LastSuccess);

        health.Failed(Later);
        _time.Advance(TimeSpan.FromSeconds(20));
        health.Failed(new PushAnswer(PushVerdict.Later, 500, "broken"));
        Assert.Equal((true, "http://loki:3100: broken", TimeSpan.FromSeconds(1)), (health.IsFailing, health.WhyFailing, health.Wait));
        Assert.Single(_logs.Of(Unreachable));
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.Zero, health.Wait);

        health.Answered(hasStored: true);
        Assert.Equal((false, null, TimeSpan.Zero), (health.IsFailing, health.WhyFailing, health.Wait));
        Assert.Equal(Some.Time + TimeSpan.FromMinutes(1), health.LastSuccess);
        Assert.Contains("00:01:00", Assert.Single(_logs.Of(TakesAgain)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outage_of_many_tries_is_said_once()
    {
        var health = Health();
        for (var i = 0; i < 3; i++)
            health.Failed(Later);
        Assert.Single(_logs.Of(Unreachable));

        health.Answered(hasStored: false);
        Assert.Null(health.LastSuccess);
        health.Failed(Later);
        Assert.Equal(2, _logs.Of(Unreachable).Count());
    }

    public void Dispose() => _logs.Dispose();

    private static PushAnswer Later => new(PushVerdict.Later, 503, "busy");

    private static PushAnswer Wrong(int status) => new(PushVerdict.Misconfigured, status, $"status {status}") { Advice = "mend it" };

    private LokiHealth Health() => new("http://loki:3100", _time, new Some.Draw(1), _logs.CreateLogger("Loki"));
}
