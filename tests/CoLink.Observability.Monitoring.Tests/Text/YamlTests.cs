using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Monitoring.Text;
using YamlDotNet.RepresentationModel;

namespace CoLink.Observability.Monitoring.Tests.Text;

public sealed class YamlTests
{
    public static TheoryData<string, string> Quoted => new()
    {
        { "0.10", "'0.10'" },
        { "1m", "'1m'" },
        { "yes", "'yes'" },
        { "null", "'null'" },
        { "", "''" },
        { "12:30", "'12:30'" },
        { " a", "' a'" },
        { "a ", "'a '" },
        { "a # b", "'a # b'" },
        { "a: b", "'a: b'" },
        { "sum(x{a=\"b\"}) # c", "'sum(x{a=\"b\"}) # c'" },
        { "it's", "\"it's\"" },
        { "größer", "'größer'" },
        { "a\nb", "|-\n  a\n  b" },
        { "plain-text_1.0", "plain-text_1.0" },
    };

    [Theory]
    [MemberData(nameof(Quoted))]
    public void A_text_stays_a_text(string text, string expected)
    {
        var yaml = Yaml.Write("h", new Map { { "k", text } });

        Assert.Equal($"# h\nk: {expected}\n", yaml);
        Assert.Equal(text, Value(yaml));
    }

    [Theory]
    [InlineData("a\nb\n")]
    [InlineData("  a\nb")]
    [InlineData("\na")]
    [InlineData("it's \"so\" \\ here")]
    [InlineData("~")]
    [InlineData("0x1F")]
    [InlineData("tab\there")]
    public void What_is_written_is_read_again(string text) => Assert.Equal(text, Value(Yaml.Write("h", new Map { { "k", text } })));

    [Fact]
    public void Every_rendered_file_is_yaml() => Assert.All(
        Committed.Files.Where(file => Path.GetExtension(file.Path) is ".yml" or ".yaml"),
        file => Assert.NotEmpty(Documents(file.Content)));

    internal static IReadOnlyList<YamlNode> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    private static string? Value(string yaml) => ((YamlScalarNode)Documents(yaml)[0]["k"]).Value;
}
