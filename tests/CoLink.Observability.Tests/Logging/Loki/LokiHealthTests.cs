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

    public void Dispose() => _logs.Dispose();

    private static PushAnswer Later => new(PushVerdict.Later, 503, "busy");

    private static PushAnswer Wrong(int status) => new(PushVerdict.Misconfigured, status, $"status {status}") { Advice = "mend it" };

    private LokiHealth Health() => new("http://loki:3100", _time, new Some.Draw(1), _logs.CreateLogger("Loki"));
}
