using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>Every label that would make as many streams as it has values, and the edges of what is allowed.</summary>
public sealed class StreamLabelRulesTests
{
    public static TheoryData<string> LastWords =>
    [
        "id", "ids", "guid", "uuid", "path", "url", "uri", "query", "ip", "address", "email", "mail", "user", "username", "message", "exception", "stack", "timestamp", "ts", "time", "date",
        "duration", "elapsed", "key", "hash", "token", "session",
    ];

    public static TheoryData<string> OneWords =>
    [
        "traceid", "spanid", "parentid", "userid", "requestid", "sessionid", "correlationid", "connectionid", "tenantid", "messageid", "requestpath", "rawtarget", "clientip", "remoteip",
    ];

    [Theory]
    [MemberData(nameof(LastWords))]
    public void A_name_whose_last_word_has_many_values_is_no_label_and_no_property_of_one(string word)
    {
        var pascal = char.ToUpperInvariant(word[0]) + word[1..];

        Assert.All([word, pascal, word.ToUpperInvariant(), $"some_{word}", $"some{pascal}", $"Some{word.ToUpperInvariant()}"], name =>
        {
            Assert.False(StreamLabelRules.Allows(name, "text"));
            Assert.False(StreamLabelRules.Allows("label", $"{{{name}}}"));
        });
        Assert.True(StreamLabelRules.Allows($"{word}_kind", "text"));
        Assert.True(StreamLabelRules.Allows("label", $"{{{pascal}Kind}}"));
    }

    [Theory]
    [MemberData(nameof(OneWords))]
    public void Nor_is_one_that_is_written_in_one_word(string word)
    {
        Assert.False(StreamLabelRules.Allows(word, "text"));
        Assert.False(StreamLabelRules.Allows(word.ToUpperInvariant(), "text"));
        Assert.False(StreamLabelRules.Allows("label", $"{{{word}}}"));
        Assert.True(StreamLabelRules.Allows($"{word}s", "text"));
    }

    [Theory]
    [InlineData("app")]
    [InlineData("namespace")]
    [InlineData("pod")]
    [InlineData("replay")]
    [InlineData("service_name")]
    [InlineData("__name__")]
    [InlineData("__region")]
    [InlineData("")]
    [InlineData("9region")]
    [InlineData("my-region")]
    [InlineData("region\n")]
    [InlineData("über")]
    public void What_is_ours_or_no_label_is_refused(string name) => Assert.False(StreamLabelRules.Allows(name, "text"));

    [Theory]
    [InlineData("region")]
    [InlineData("_region")]
    [InlineData("application")]
    [InlineData("Region9")]
    public void Other_names_are_allowed(string name) => Assert.True(StreamLabelRules.Allows(name, "text"));

    [Fact]
    public void A_name_has_a_hundred_characters_and_a_text_256_at_most()
    {
        Assert.True(StreamLabelRules.Allows(new string('a', 100), "text"));
        Assert.False(StreamLabelRules.Allows(new string('a', 101), "text"));
        Assert.True(StreamLabelRules.Allows("region", new string('x', 256)));
        Assert.False(StreamLabelRules.Allows("region", new string('x', 257)));
        Assert.True(StreamLabelRules.Allows("region", "x"));
        Assert.False(StreamLabelRules.Allows("region", ""));
        Assert.False(StreamLabelRules.Allows("region", null));
        Assert.False(StreamLabelRules.Allows("region", "eu\twest"));
        Assert.False(StreamLabelRules.Allows("region", "\n"));
    }

    [Theory]
    [InlineData("{Module}", "Module")]
    [InlineData("{my.Module_2}", "my.Module_2")]
    [InlineData("{Module", null)]
    [InlineData("a {Module}", null)]
    [InlineData("{Module}\n", null)]
    [InlineData("{}", null)]
    [InlineData("{2}", null)]
    [InlineData(null, null)]
    public void A_property_stands_alone_in_braces(string? value, string? property) => Assert.Equal(property, StreamLabelRules.PropertyOf(value));
}
