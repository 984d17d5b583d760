using System.Text.RegularExpressions;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Redaction;

namespace CoLink.Observability.Tests.Logging.Redaction;

public sealed class TextPatternTests
{
    public static TheoryData<string> Defaults { get; } = [.. LoggingOptions.DefaultRedactedPatterns];

    /// <summary>Options take a default as it is, without building it.</summary>
    [Theory]
    [MemberData(nameof(Defaults))]
    public void A_default_is_valid_and_does_not_match_an_empty_text(string pattern)
    {
        Assert.True(TextPattern.IsDefault(pattern));
        Assert.DoesNotMatch(TextPattern.Build(pattern), "");
    }

    [Theory]
    [MemberData(nameof(Defaults))]
    public void A_default_is_built_once_for_all(string pattern)
    {
        Assert.Same(TextPattern.Of(pattern), TextPattern.Of(pattern));
        Assert.Equal(pattern, TextPattern.Of(pattern).Value.ToString());
    }

    [Fact]
    public void Another_is_built_where_it_is_given_so_that_its_failure_shows_there()
    {
        Assert.True(TextPattern.Of("iban=[0-9]+").IsValueCreated);
        Assert.False(TextPattern.IsDefault("iban=[0-9]+"));
        Assert.ThrowsAny<ArgumentException>(() => TextPattern.Of("("));
        Assert.Throws<NotSupportedException>(() => TextPattern.Of("(?=secret)"));
    }

    [Fact]
    public void None_backtracks() => Assert.All(LoggingOptions.DefaultRedactedPatterns, pattern => Assert.True(TextPattern.Of(pattern).Value.Options.HasFlag(RegexOptions.NonBacktracking)));
}
