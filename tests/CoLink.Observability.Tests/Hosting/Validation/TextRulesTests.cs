using System.Text.RegularExpressions;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Logging;
using CsCheck;

namespace CoLink.Observability.Tests.Hosting.Validation;

/// <summary>The rules that every start checks are scans; beside each stands what it means.</summary>
public sealed partial class TextRulesTests
{
    [Fact]
    public void A_text_of_the_service_has_no_character_that_Unicode_calls_other()
    {
        for (var character = 0; character <= char.MaxValue; character++)
        {
            var text = $"a{(char)character}";
            Assert.True(ServiceText().IsMatch(text) == ServiceTextAttribute.Allows(text), $"U+{character:X4}");
        }
    }

    [Theory]
    [InlineData(0, false), InlineData(1, true), InlineData(255, true), InlineData(256, false)]
    public void A_text_of_the_service_has_1_to_255_characters(int length, bool isAllowed) =>
        Assert.Equal(isAllowed, ServiceTextAttribute.Allows(new string('n', length)));

    [Fact]
    public void A_path_of_the_scrapes_is_one_of_plain_characters()
    {
        var rule = new ScrapePathAttribute();

        Gen.String[Gen.OneOf(Gen.Char["/.-_~"], Gen.Char.AlphaNumeric, Gen.Char["*?#{ \n"]), 0, 6].Sample(tail =>
        {
            var path = "/" + tail;
            return rule.IsValid(path) == ScrapePath().IsMatch(path);
        });
        Assert.False(rule.IsValid(null));
        Assert.False(rule.IsValid("metrics"));
    }

    /// <summary>They are taken as they are, without a look.</summary>
    [Fact]
    public void The_names_that_are_redacted_by_default_are_valid() => Assert.All(LoggingOptions.DefaultRedactedProperties, name => Assert.Matches(@"^[a-z]{1,100}\z", name));

    [GeneratedRegex(@"^[^\p{C}]{1,255}\z")]
    private static partial Regex ServiceText();

    [GeneratedRegex(@"^/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-]\z")]
    private static partial Regex ScrapePath();
}
