using System.Text;
using System.Text.Json;
using CoLink.Observability.Logging.Lines;
using CsCheck;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Lines;

public sealed class LineLimitTests
{
    private static readonly string[] Always = ["ts", "level", "message", "logger", "trace_id", "span_id", "error"];

    [Theory]
    [InlineData(LineLimits.TextBytes, false)]
    [InlineData(LineLimits.TextBytes + 1, true)]
    [InlineData(10 * LineLimits.TextBytes, true)]
    public void A_text_is_cut_where_it_is_too_long(int length, bool isCut)
    {
        var line = Written.Read(Written.Event("{T}", ("T", new string('x', length))));

        foreach (var text in (string[])[line.GetProperty("T").GetString()!, line.GetProperty("message").GetString()!])
        {
            Assert.Equal(isCut, text.EndsWith("…[cut]", StringComparison.Ordinal));
            Assert.Equal(Math.Min(length, LineLimits.TextBytes), Encoding.UTF8.GetByteCount(text));
        }

        Assert.False(line.TryGetProperty("cut", out _));
    }

    [Fact]
    public void A_cut_never_splits_a_character_or_an_escape()
    {
        var unit = Gen.OneOf("a", "ä", "€", "😀", "\n", "\"", "\\", "\u0001", "\uD800", "\u2028", "\\u");
        Gen.Select(unit.Array[1, 5], Gen.Int[0, 9]).Sample(
            (units, offset) =>
            {
                var repeated = string.Concat(units);
                var text = new string('x', offset) + string.Concat(Enumerable.Repeat(repeated, (LineLimits.TextBytes / repeated.Length) + 1));
                var line = Written.Json(Written.Event("m", ("T", text)));
                var raw = JsonDocument.Parse(line).RootElement.GetProperty("T");
                Assert.InRange(Encoding.UTF8.GetByteCount(raw.GetRawText()) - 2, LineLimits.TextBytes - 12, LineLimits.TextBytes);
                var kept = raw.GetString()!;
                Assert.EndsWith("…[cut]", kept, StringComparison.Ordinal);
                var expected = string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
                Assert.StartsWith(kept[..^6], expected, StringComparison.Ordinal);
            },
            iter: 50);
    }

    [Fact]
    public void A_text_for_a_person_is_cut_between_characters_as_well()
    {
        foreach (var offset in Enumerable.Range(0, 8))
        {
            var text = Written.Text(Written.Event("{T}", ("T", new string('\\', offset) + new string('€', 40_000))));
            Assert.Contains("€…[cut]", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\uFFFD", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1001, 1)]
    [InlineData(5000, 4000)]
    public void Of_a_list_there_are_a_thousand_items_and_how_many_more(int count, int more)
    {
        var list = new SequenceValue(Enumerable.Range(0, count).Select(i => new ScalarValue(i)));
        var map = new DictionaryValue(Enumerable.Range(0, count).Select(i => new KeyValuePair<ScalarValue, LogEventPropertyValue>(new($"k{i}"), new ScalarValue(i))));
        var structure = new StructureValue(Enumerable.Range(0, count).Select(i => new LogEventProperty($"k{i}", new ScalarValue(i))));
        var line = Written.Read(Written.Event("{L} {M} {S}", ("L", list), ("M", map), ("S", structure)));

        var items = line.GetProperty("L").EnumerateArray().ToArray();
        Assert.Equal(Math.Min(count, 1000) + (more > 0 ? 1 : 0), items.Length);
        Assert.Equal(more > 0 ? $"…[{more} more]" : "999", items[^1].ToString());
        Assert.All((string[])["M", "S"], name =>
        {
            var members = line.GetProperty(name).EnumerateObject().ToArray();
            Assert.Equal(items.Length, members.Length);
            Assert.Equal(more > 0 ? ("…[cut]", $"{more} more") : ("k999", "999"), (members[^1].Name, members[^1].Value.ToString()));
        });
        Assert.Equal(more > 0 ? 3 : 0, line.GetProperty("message").GetString()!.Split($"…[{more} more]").Length - 1);
    }

    [Fact]
    public void A_member_that_is_named_like_the_mark_does_not_hide_it()
    {
        var map = new DictionaryValue(Enumerable.Range(0, 1500).Select(i => new KeyValuePair<ScalarValue, LogEventPropertyValue>(new(i == 0 ? "…[cut]" : $"k{i}"), new ScalarValue(i))));

        var members = Written.Read(Written.Event("x", ("M", map))).GetProperty("M").EnumerateObject().ToArray();

        Assert.Equal("500 more", members[^1].Value.GetString());
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(11, true)]
    [InlineData(100_000, true)]
    public void Ten_levels_are_shown(int depth, bool isCut)
    {
        LogEventPropertyValue sequence = new ScalarValue("bottom");
        LogEventPropertyValue structure = new ScalarValue("bottom");
        LogEventPropertyValue map = new ScalarValue("bottom");
        for (var i = 0; i < depth; i++)
        {
            sequence = new SequenceValue([sequence]);
            structure = new StructureValue([new("S", structure)]);
            map = new DictionaryValue([new(new("K"), map)]);
        }

        var line = Written.Read(Written.Event("{A} {B} {C}", ("A", sequence), ("B", structure), ("C", map)));

        Assert.All((string[])["A", "B", "C"], name => Assert.Contains(isCut ? "…[cut]" : "bottom", line.GetProperty(name).GetRawText(), StringComparison.Ordinal));
        Assert.Equal(isCut, !line.GetProperty("message").GetString()!.Contains("bottom", StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_ends_exactly_at_its_limit()
    {
        var lengths = new List<int>();
        for (var last = 0; last < 40; last++)
        {
            var line = Written.Bytes(Filled(LineLimits.LineBytes - 20 + last), new JsonLines(Written.Redactor()).Write);
            var isCut = Written.Parse(line).TryGetProperty("cut", out _);
            Assert.Equal(last > 20, isCut);
            Assert.InRange(line.Length, isCut ? 2 : LineLimits.LineBytes - 20 + last, LineLimits.LineBytes);
            lengths.Add(line.Length);
        }

        Assert.Contains(LineLimits.LineBytes, lengths);
    }

    /// <summary>One event at the limit, then one property more, of any size: the mark needs room where there may be none.</summary>
    [Fact]
    public void The_mark_of_a_cut_line_fits_into_it()
    {
        for (var free = 0; free < 30; free++)
        {
            var logEvent = Filled(LineLimits.LineBytes - free);
            logEvent.AddOrUpdateProperty(new("Z", new ScalarValue(new string('z', 40))));

            var line = Written.Read(logEvent);

            Assert.True(line.GetProperty("cut").GetBoolean());
            Assert.False(line.TryGetProperty("Z", out _));
            Assert.True(line.TryGetProperty("P0", out _));
        }
    }

    [Fact]
    public void A_huge_property_does_not_take_the_small_ones_along()
    {
        var huge = new SequenceValue(Enumerable.Range(0, 1000).Select(_ => new ScalarValue(new string('h', 1000))));
        var line = Written.Read(Written.Event("{Huge} {Small}", ("Huge", huge), ("Small", 1)));

        Assert.True(line.GetProperty("cut").GetBoolean());
        Assert.False(line.TryGetProperty("Huge", out _));
        Assert.Equal(1, line.GetProperty("Small").GetInt32());
        Assert.EndsWith("…[cut]", line.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_says_what_happened_is_in_every_line_however_large_everything_is()
    {
        foreach (var filler in (string[])["x", "\u0001", "€", "\\"])
        {
            var text = string.Concat(Enumerable.Repeat(filler, 100_000 / filler.Length));
            var exception = new InvalidOperationException(text, new InvalidOperationException(text));
            (string, object?)[] properties = [("SourceContext", text), ("T", text), .. Enumerable.Range(0, 12).Select(i => ($"{i}{text}", (object?)text))];

            var line = Written.Read(Written.Event(LogEventLevel.Error, exception, "{T}", properties));

            Assert.All(Always, key => Assert.True(line.TryGetProperty(key, out _), key));
            Assert.True(line.GetProperty("cut").GetBoolean());
            Assert.All((string[])["type", "message", "stack"], key => Assert.True(line.GetProperty("error").TryGetProperty(key, out _), key));
            Assert.InRange(Encoding.UTF8.GetByteCount(Written.Text(Written.Event(LogEventLevel.Error, exception, "{T}", properties))), 2, LineLimits.LineBytes);
        }
    }

    /// <summary>An event whose line is as long as this.</summary>
    private static LogEvent Filled(int length)
    {
        var properties = Enumerable.Range(0, 8).Select(i => ($"P{i}", (object?)new string('x', 32_000))).ToArray();
        var rest = length - Written.Bytes(Written.Event("m", [.. properties, ("R", "")]), new JsonLines(Written.Redactor()).Write).Length;
        Assert.InRange(rest, 1, LineLimits.TextBytes);
        return Written.Event("m", [.. properties, ("R", new string('r', rest))]);
    }
}
