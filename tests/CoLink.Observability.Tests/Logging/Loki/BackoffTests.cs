using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class BackoffTests
{
    [Fact]
    public void The_wait_doubles_from_half_a_second_to_a_minute()
    {
        var backoff = new Backoff(new Some.Draw(1));

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 9).Select(_ => backoff.Next(null).TotalSeconds));
        for (var i = 0; i < 10_000; i++)
            Assert.Equal(60, backoff.Next(null).TotalSeconds);
    }

    [Fact]
    public void Any_time_up_to_it_may_be_drawn()
    {
        Assert.Equal(TimeSpan.Zero, new Backoff(new Some.Draw(0)).Next(null));
        Assert.Equal(TimeSpan.FromMilliseconds(125), new Backoff(new Some.Draw(0.25)).Next(null));
    }

    [Fact]
    public void After_an_answer_it_begins_anew()
    {
        var backoff = new Backoff(new Some.Draw(1));
        for (var i = 0; i < 5; i++)
            backoff.Next(null);

        backoff.Reset();

        Assert.Equal(0.5, backoff.Next(null).TotalSeconds);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(-10, 0.5)]
    [InlineData(7, 7)]
    [InlineData(3600, 300)]
    public void What_Loki_asks_for_is_kept_within_five_minutes(int asked, double waited) =>
        Assert.Equal(waited, new Backoff(new Some.Draw(1)).Next(TimeSpan.FromSeconds(asked)).TotalSeconds);
}
