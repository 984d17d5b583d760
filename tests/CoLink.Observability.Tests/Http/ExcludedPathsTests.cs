using CoLink.Observability.Http;

namespace CoLink.Observability.Tests.Http;

public sealed class ExcludedPathsTests
{
    [Theory]
    [InlineData("/metrics", true)]
    [InlineData("/metrics/", true)]
    [InlineData("/METRICS", true)]
    [InlineData("/metrics/more", false)]
    [InlineData("/metricsx", false)]
    [InlineData("/health", true)]
    [InlineData("/Health/ready", true)]
    [InlineData("/healthy-food", false)]
    [InlineData("/élan", true)]
    [InlineData("/ÉLAN/more", true)]
    [InlineData("/elan", false)]
    [InlineData("/h", false)]
    [InlineData("/", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_path_is_matched_by_segment_whatever_its_case(string? path, bool isExcluded) =>
        Assert.Equal(isExcluded, new ExcludedPaths(["/metrics", "/health*", "/élan*"]).Contains(path));
}
