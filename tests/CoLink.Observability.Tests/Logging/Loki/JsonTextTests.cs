using System.Text;
using System.Text.Json;
using CoLink.Observability.Logging.Loki;
using CsCheck;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class JsonTextTests
{
    [Fact]
    public void Any_text_comes_back_from_JSON() =>
        Gen.String[Gen.Frequency((3, Gen.Char['\0', '\u007f']), (1, Gen.Char['\u0080', '\ud7ff'])), 0, 200].Sample(text => Assert.Equal(text, JsonSerializer.Deserialize<string>($"\"{Escaped(text)}\"")));

    [Fact]
    public void A_control_character_takes_the_most_room()
    {
        var text = new string('\u0001', 40);

        Assert.Equal(string.Concat(Enumerable.Repeat("\\u0001", 40)), Escaped(text));
    }

    [Fact]
    public void Nothing_but_quotes_backslashes_and_control_characters_is_changed() =>
        Assert.Equal("{\\\"a\\\":\\\"</é € 😀>\\\\n\\u000a\\u001f\u007f\\\"}", Escaped("{\"a\":\"</é € 😀>\\n\n\u001f\u007f\"}"));

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData(" ", " ")]
    [InlineData("\u001f", "\\u001f")]
    [InlineData("\u007f", "\u007f")]
    [InlineData("sixteen letters.", "sixteen letters.")]
    [InlineData("fifteen letters", "fifteen letters")]
    [InlineData("seventeen letters", "seventeen letters")]
    [InlineData("fifteen letters\"", "fifteen letters\\\"")]
    [InlineData("sixteen letters.\"", "sixteen letters.\\\"")]
    public void Short_texts_and_those_at_the_edge_of_a_block_are_escaped_alike(string text, string expected) => Assert.Equal(expected, Escaped(text));

    private static string Escaped(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var output = new byte[JsonText.Room(utf8.Length)];
        return Encoding.UTF8.GetString(output, 0, JsonText.Escape(utf8, output));
    }
}
