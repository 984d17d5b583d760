using CoLink.Observability.Logging.Loki;
using CsCheck;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class LogStreamTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Events_of_one_tick_get_times_of_their_own()
    {
        var stream = new LogStream([]);

        Assert.Equal([100, 101, 102, 200], new long[] { 100, 100, 100, 200 }.Select(stream.Stamp));
    }

    [Fact]
    public void An_event_that_comes_late_is_put_behind_the_one_before()
    {
        var stream = new LogStream([]);

        Assert.Equal([5 * Second, (5 * Second) + 1, (5 * Second) + 2], new[] { 5 * Second, (4 * Second) + 1, 5 * Second }.Select(stream.Stamp));
    }

    [Fact]
    public void A_clock_that_was_put_back_is_believed()
    {
        var stream = new LogStream([]);

        Assert.Equal([5 * Second, 4 * Second, (4 * Second) + 1], new[] { 5 * Second, 4 * Second, 4 * Second }.Select(stream.Stamp));
    }

    [Fact]
    public void Times_within_a_second_are_unique_and_ascend() =>
        Gen.Long[0, 500_000_000].Array[1, 500].Sample(times =>
        {
            var stream = new LogStream([]);
            var stamped = times.Select(stream.Stamp).ToArray();

            Assert.All(stamped.Zip(stamped.Skip(1)), pair => Assert.True(pair.First < pair.Second));
            Assert.All(stamped.Zip(times), pair => Assert.True(pair.First >= pair.Second));
        });
}
