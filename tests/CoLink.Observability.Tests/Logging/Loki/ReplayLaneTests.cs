using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class ReplayLaneTests
{
    private const long HalfHour = 1_800_000_000_000;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(HalfHour - 1, 0)]
    [InlineData(HalfHour, 1)]
    [InlineData((335 * HalfHour) + 1, 335)]
    [InlineData(336 * HalfHour, 0)]
    [InlineData(337 * HalfHour, 1)]
    [InlineData(-HalfHour, 335)]
    public void A_week_has_a_lane_for_each_of_its_half_hours(long oldest, int lane) => Assert.Equal(lane, ReplayLane.Of(oldest));
}
