using System.Text;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Lines;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class StreamLabelsTests
{
    [Fact]
    public void A_service_has_one_stream_with_three_labels()
    {
        var labels = new StreamLabels("users", "colink", "users-0", [], Written.Redactor());

        Assert.Same(labels.Of(Some.Event("a")), labels.Of(Some.Event("b", null, ("Module", "x"))));
        Assert.Equal("""{"app":"users","namespace":"colink","pod":"users-0"}""", Text(labels, Some.Event("a")));
    }

    [Fact]
    public void Texts_and_properties_are_labels_too()
    {
        var labels = new StreamLabels("users", "colink", "users-0", Of(("region", "eu \"west\""), ("module", "{Module}"), ("shard", "{Shard}")), Written.Redactor());

        Assert.Equal("""{"app":"users","namespace":"colink","pod":"users-0","region":"eu \u0022west\u0022","module":"auth","shard":"3"}""", Text(labels, Some.Event("a", null, ("Module", "auth"), ("Shard", 3))));
        Assert.Same(labels.Of(Some.Event("a", null, ("Module", "auth"), ("Shard", 3))), labels.Of(Some.Event("b", null, ("Module", "auth"), ("Shard", 3))));
        Assert.NotSame(labels.Of(Some.Event("a", null, ("Module", "auth"), ("Shard", 3))), labels.Of(Some.Event("b", null, ("Module", "auth"), ("Shard", 4))));
    }

    [Fact]
    public void A_property_that_is_not_there_or_no_plain_value_makes_no_label()
    {
        var labels = new StreamLabels("users", "colink", "users-0", Of(("module", "{Module}")), Written.Redactor());
        var structure = Some.Event("a");
        structure.AddPropertyIfAbsent(new LogEventProperty("Module", new SequenceValue([])));

        Assert.All(
            new[] { Some.Event("a"), Some.Event("a", null, ("Module", null)), Some.Event("a", null, ("Module", "")), Some.Event("a", null, ("Module", new Bad())), Some.Event("a", null, ("Module", new Mute())), structure },
            logEvent => Assert.Equal("""{"app":"users","namespace":"colink","pod":"users-0"}""", Text(labels, logEvent)));
    }

    [Fact]
    public void Beyond_a_hundred_streams_there_is_one_more()
    {
        var labels = new StreamLabels("users", "colink", "users-0", Of(("module", "{Module}"), ("shard", "{Shard}")), Written.Redactor());

        var streams = Enumerable.Range(0, 300).Select(i => labels.Of(Some.Event("a", null, ("Module", $"m{i}"), ("Shard", 1)))).ToArray();

        Assert.Equal(101, streams.Distinct().Count());
        Assert.Equal("""{"app":"users","namespace":"colink","pod":"users-0","module":"_other","shard":"_other"}""", Encoding.UTF8.GetString(streams[^1].Labels.Span));
        Assert.Same(streams[0], labels.Of(Some.Event("a", null, ("Module", "m0"), ("Shard", 1))));
    }

    [Fact]
    public void A_value_is_cut_and_has_no_control_characters()
    {
        var labels = new StreamLabels("users", "colink", "users-0", Of(("module", "{Module}")), Written.Redactor());

        var text = Text(labels, Some.Event("a", null, ("Module", "a\nb" + new string('x', 252) + "😀😀")));

        Assert.EndsWith("\"module\":\"a b" + new string('x', 252) + "\"}", text, StringComparison.Ordinal);
    }

    /// <summary>A line's end would also end the value, where several make a stream.</summary>
    [Theory]
    [InlineData("a\nb", "a b")]
    [InlineData("\u001b[31mred", " [31mred")]
    [InlineData("\t", " ")]
    public void A_short_value_has_no_control_characters_either(string value, string expected)
    {
        var labels = new StreamLabels("users", "colink", "users-0", Of(("module", "{Module}"), ("shard", "{Shard}")), Written.Redactor());

        Assert.EndsWith($"\"module\":\"{expected}\",\"shard\":\"3\"}}", Text(labels, Some.Event("a", null, ("Module", value), ("Shard", 3))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("255 x", 255, "")]
    [InlineData("256 x", 256, "")]
    [InlineData("257 x", 256, "")]
    [InlineData("a pair that ends at the bound", 254, "😀")]
    [InlineData("a pair across the bound", 255, "")]
    [InlineData("a pair behind the bound", 256, "")]
    public void A_value_is_cut_at_256_characters_and_never_through_one(string what, int expected, string end)
    {
        var value = what.StartsWith("a pair", StringComparison.Ordinal) ? new string('x', expected) + "😀" : new string('x', int.Parse(what.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture));
        var labels = new StreamLabels("users", "colink", "users-0", Of(("module", "{Module}")), Written.Redactor());

        var module = System.Text.Json.JsonDocument.Parse(labels.Of(Some.Event("a", null, ("Module", value))).Labels).RootElement.GetProperty("module").GetString();

        Assert.Equal(new string('x', expected) + end, module);
    }

    [Fact]
    public void A_number_is_written_as_it_is_everywhere()
    {
        var labels = new StreamLabels("users", "colink", "users-0", Of(("module", "{Module}")), Written.Redactor());

        Assert.EndsWith("\"module\":\"1.5\"}", Text(labels, Some.Event("a", null, ("Module", 1.5))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_hidden_in_a_line_is_hidden_in_a_label()
    {
        var labels = new StreamLabels("users", "colink", "users-0", Of(("login", "{Login}"), ("secret", "{ApiKeyKind}")), Written.Redactor());

        var text = Text(labels, Some.Event("a", null, ("Login", "Login { Name = a, Password = hunter2 }"), ("ApiKeyKind", "hunter2")));

        Assert.Equal("""{"app":"users","namespace":"colink","pod":"users-0","login":"[redacted]","secret":"[redacted]"}""", text);
        Assert.Same(labels.Of(Some.Event("a", null, ("Login", "x"), ("ApiKeyKind", "hunter2"))), labels.Of(Some.Event("b", null, ("Login", "x"), ("ApiKeyKind", "hunter3"))));
    }

    [Fact]
    public void Nothing_is_hidden_where_there_is_nothing()
    {
        var labels = new StreamLabels("users", "colink", "users-0", Of(("secret", "{ApiKeyKind}")), Written.Redactor());

        Assert.Equal("""{"app":"users","namespace":"colink","pod":"users-0"}""", Text(labels, Some.Event("a", null, ("ApiKeyKind", ""))));
    }

    private static Dictionary<string, string> Of(params (string Name, string Value)[] labels) => labels.ToDictionary(label => label.Name, label => label.Value);

    private static string Text(StreamLabels labels, LogEvent logEvent) => Encoding.UTF8.GetString(labels.Of(logEvent).Labels.Span);

    private sealed class Mute
    {
        public override string? ToString() => null;
    }

    private sealed class Bad
    {
        public override string ToString() => throw new InvalidOperationException();
    }
}
