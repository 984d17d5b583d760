using CoLink.Observability.Hosting.Validation;

namespace CoLink.Observability.Tests.Hosting.Validation;

public sealed class RangeRulesTests
{
    [Theory]
    [InlineData("00:00:00.0999999", false), InlineData("00:00:00.1", true), InlineData("00:01:00", true), InlineData("00:05:00", true), InlineData("00:05:00.0000001", false), InlineData("-00:01:00", false)]
    public void A_time_may_be_either_end_of_its_range(string time, bool isAllowed)
    {
        var rule = new TimeRangeAttribute("00:00:00.1", "00:05:00");

        Assert.Equal(isAllowed, rule.IsValid(TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal("a time from 00:00:00.1 to 00:05:00", rule.ErrorMessage);
    }

    [Theory]
    [InlineData(8_388_607, false), InlineData(8_388_608, true), InlineData(1_099_511_627_776, true), InlineData(1_099_511_627_777, false)]
    public void A_large_number_may_be_either_end_of_its_range(long number, bool isAllowed) =>
        Assert.Equal(isAllowed, new LargeRangeAttribute(8_388_608, 1_099_511_627_776).IsValid(number));
}
