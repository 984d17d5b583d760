using CoLink.Observability.Http;
using CsCheck;

namespace CoLink.Observability.Tests.Http;

public sealed class ExcludedPathsTests
{
    private static readonly Gen<string> Path = Gen.String[Gen.Char["abAB-."], 1, 3].Array[1, 3].Select(segments => $"/{string.Join('/', segments)}");

    [Theory]
    [InlineData("/health", true)]
    [InlineData("/health/", true)]
    [InlineData("/health/live", true)]
    [InlineData("/HEALTH/Live", true)]
    [InlineData("/healthy-food", false)]
    [InlineData("/api/health", false)]
    [InlineData("/metrics", true)]
    [InlineData("/metrics/", true)]
    [InlineData("/metrics/sub", false)]
    [InlineData("/metric", false)]
    [InlineData("/élan", true)]
    [InlineData("/ÉLAN/more", true)]
    [InlineData("/elan", false)]
    [InlineData("/", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_path_is_excluded_by_segment_whatever_its_case(string? path, bool excluded) =>
        Assert.Equal(excluded, new ExcludedPaths(["/metrics", "/health*", "/élan*"]).Contains(path));

    [Theory]
    [InlineData("/health/*")]
    [InlineData("/health*")]
    [InlineData("/health/**")]
    public void A_star_is_the_path_and_all_below_it(string pattern)
    {
        var excluded = new ExcludedPaths([pattern]);

        Assert.True(excluded.Contains("/health"));
        Assert.True(excluded.Contains("/health/live/now"));
        Assert.False(excluded.Contains("/healthy"));
    }

    [Theory]
    [InlineData("/health", true)]
    [InlineData("/health*", true)]
    [InlineData("/h", true)]
    [InlineData("/*", true)]
    [InlineData("/", false)]
    [InlineData("", false)]
    [InlineData("health", false)]
    [InlineData("*", false)]
    [InlineData("/*/live", false)]
    [InlineData("/a*b", false)]
    [InlineData("/health?", false)]
    [InlineData("/health#", false)]
    [InlineData("/a?b", false)]
    [InlineData("/a#b", false)]
    [InlineData("*/health", false)]
    public void A_pattern_is_a_path_with_a_star_at_its_end_at_most(string text, bool isPattern) => Assert.Equal(isPattern, ExcludedPaths.IsPattern(text));

    [Theory]
    [InlineData("/é", "/É", true)]
    [InlineData("/a", "/A", true)]
    [InlineData("/a", "/b", false)]
    [InlineData("/*", "/anything", true)]
    [InlineData("/*", "/", true)]
    public void A_pattern_of_one_letter_is_compared_as_any_other(string pattern, string path, bool excluded) =>
        Assert.Equal(excluded, new ExcludedPaths([pattern]).Contains(path));

    [Fact]
    public void Any_path_below_a_star_is_excluded_and_none_beside_it() => Gen.Select(Path, Path).Sample((root, below) =>
    {
        var excluded = new ExcludedPaths([$"{root}*"]);
        Assert.True(excluded.Contains(root));
        Assert.True(excluded.Contains($"{root}/"));
        Assert.True(excluded.Contains($"{root}{below}".ToUpperInvariant()));
        Assert.False(excluded.Contains($"{root}x{below}"));
        Assert.False(excluded.Contains(root[..^1]));
    });

    [Fact]
    public void A_path_without_a_star_excludes_itself_alone() => Gen.Select(Path, Path).Sample((path, below) =>
    {
        var excluded = new ExcludedPaths([path]);
        Assert.True(excluded.Contains(path));
        Assert.True(excluded.Contains($"{path}/"));
        Assert.False(excluded.Contains($"{path}{below}"));
        Assert.False(excluded.Contains($"{path}x"));
    });

    [Fact]
    public void Several_patterns_exclude_what_any_of_them_does() => Gen.Select(Path.Array[0, 4], Path).Sample((patterns, path) =>
        Assert.Equal(patterns.Any(pattern => new ExcludedPaths([pattern]).Contains(path)), new ExcludedPaths(patterns).Contains(path)));
}
