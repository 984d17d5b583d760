using System.Globalization;
using System.Text;
using System.Text.Json;
using CoLink.Observability.Logging.Lines;
using CsCheck;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Lines;

/// <summary>Whatever an event holds, its line is JSON that says the same.</summary>
public sealed class AnyEventTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String,
        Gen.OneOf("", "\uD800", "\uDC00x", "a\nb", "\r\n", "\"", "\\", "\\u0041", "\u0000", "\u007F", "\u0085", "\u009B31m", "\u2028", "\u202E", "😀", "\uFEFF", "ts", "level", "level_", "{", "…[cut]"),
        Gen.OneOf("a", "\uD83D", "\uDE00", "\n", "\"", "é", "\u2029").Array[0, 8].Select(string.Concat));

    private static readonly Gen<object?> Value = Gen.OneOf<object?>(
        Text.Select(one => (object?)one), Gen.Int.Select(one => (object?)one), Gen.Long.Select(one => (object?)one), Gen.Double.Select(one => (object?)one),
        Gen.Float.Select(one => (object?)one), Gen.Decimal.Select(one => (object?)one), Gen.Bool.Select(one => (object?)one), Gen.Char.Select(one => (object?)one),
        Gen.Guid.Select(one => (object?)one), Gen.DateTime.Select(one => (object?)one), Gen.DateTimeOffset.Select(one => (object?)one), Gen.TimeSpan.Select(one => (object?)one),
        Gen.Byte.Select(one => (object?)one), Gen.ULong.Select(one => (object?)one), Gen.OneOf<object?>(null, DayOfWeek.Friday, (DayOfWeek)77, double.NaN, float.PositiveInfinity, new Uri("http://a/ä"), typeof(string)),
        Gen.Byte.Array[0, 20].Select(one => (object?)one));

    private static readonly Gen<string> Name = Text.Where(one => !string.IsNullOrWhiteSpace(one));

    /// <summary>At most as deep as is shown.</summary>
    private static readonly Gen<LogEventPropertyValue> Tree = Gen.Int[0, 4].SelectMany(TreeOf);

    [Fact]
    public void Any_event_is_a_line_of_JSON_that_says_the_same() =>
        Gen.Select(Text, Gen.Select(Name, Tree).Array[0, 8], Gen.OneOf(Text, Text.Select(one => $"{{{one}}}")).Array[0, 4], Gen.Enum<LogEventLevel>()).Sample(
            (source, properties, template, level) =>
            {
                var logEvent = Written.Event(level, null, string.Concat(template), [("SourceContext", source), .. properties.DistinctBy(one => one.Item1).Select(one => (one.Item1, (object?)one.Item2))]);

                var line = Written.Parse(Written.Bytes(logEvent, new JsonLines(new([], [])).Write));

                Assert.Equal(Valid(source), line.GetProperty("logger").GetString());
                var shown = line.EnumerateObject().SkipWhile(one => one.Name != "span_id").Skip(1).SkipWhile(one => one.Name == "error").ToArray();
                AssertMembers([.. logEvent.Properties.Where(one => one.Key != "SourceContext").Select(one => (one.Key, one.Value))], shown, "_");
            },
            iter: 1000);

    [Fact]
    public void Any_event_is_one_line_of_text() =>
        Gen.Select(Text, Gen.Select(Name, Tree).Array[0, 6], Text).Sample(
            (source, properties, template) =>
            {
                var logEvent = Written.Event(template, [("SourceContext", source), .. properties.DistinctBy(one => one.Item1).Select(one => (one.Item1, (object?)one.Item2))]);
                Assert.DoesNotContain(Written.Text(logEvent), character => char.IsControl(character) || character is '\u2028' or '\u2029' or '\u202E');
            },
            iter: 500);

    private static Gen<LogEventPropertyValue> TreeOf(int depth)
    {
        var scalar = Value.Select(one => (LogEventPropertyValue)new ScalarValue(one));
        if (depth == 0)
            return scalar;
        var inner = TreeOf(depth - 1);
        return Gen.OneOf(
            scalar,
            inner.Array[0, 5].Select(items => (LogEventPropertyValue)new SequenceValue(items)),
            Gen.Select(Name, inner).Array[0, 5].Select(members => (LogEventPropertyValue)new StructureValue(members.Select(one => new LogEventProperty(one.Item1, one.Item2)))),
            Gen.Select(Value.Where(one => one is not byte[]), inner).Array[0, 5].Select(members =>
                (LogEventPropertyValue)new DictionaryValue(members.DistinctBy(one => one.Item1).Select(one => new KeyValuePair<ScalarValue, LogEventPropertyValue>(new(one.Item1), one.Item2)))));
    }

    private static void AssertMembers((string Name, LogEventPropertyValue Value)[] members, JsonProperty[] shown, string suffix)
    {
        Assert.Equal(members.Length, shown.Length);
        foreach (var (member, property) in members.Zip(shown))
        {
            var name = Valid(member.Name);
            Assert.True(property.Name == name || property.Name.StartsWith(name + suffix, StringComparison.Ordinal), $"{property.Name} is not {name}");
            AssertValue(member.Value, property.Value);
        }
    }

    private static void AssertValue(LogEventPropertyValue value, JsonElement shown)
    {
        switch (value)
        {
            case SequenceValue sequence:
                Assert.Equal(sequence.Elements.Count, shown.GetArrayLength());
                foreach (var (element, one) in sequence.Elements.Zip(shown.EnumerateArray()))
                    AssertValue(element, one);
                break;
            case StructureValue structure:
                AssertMembers([.. structure.Properties.Select(one => (one.Name, one.Value))], [.. shown.EnumerateObject()], "_");
                break;
            case DictionaryValue dictionary:
                AssertMembers([.. dictionary.Elements.Select(one => (Key(one.Key.Value), one.Value))], [.. shown.EnumerateObject()], "_");
                break;
            case ScalarValue scalar:
                AssertScalar(scalar.Value, shown);
                break;
        }
    }

    private static void AssertScalar(object? value, JsonElement shown)
    {
        object? read = value switch
        {
            null => shown.ValueKind == JsonValueKind.Null ? null : "not null",
            bool => shown.GetBoolean(),
            int => shown.GetInt32(),
            long => shown.GetInt64(),
            byte => shown.GetByte(),
            ulong => shown.GetUInt64(),
            decimal => shown.GetDecimal(),
            double => shown.ValueKind == JsonValueKind.Number ? shown.GetDouble() : double.Parse(shown.GetString()!, CultureInfo.InvariantCulture),
            float => shown.ValueKind == JsonValueKind.Number ? shown.GetSingle() : float.Parse(shown.GetString()!, CultureInfo.InvariantCulture),
            Guid => Guid.Parse(shown.GetString()!),
            DateTime => DateTime.Parse(shown.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            DateTimeOffset => DateTimeOffset.Parse(shown.GetString()!, CultureInfo.InvariantCulture),
            TimeSpan => TimeSpan.Parse(shown.GetString()!, CultureInfo.InvariantCulture),
            _ => shown.GetString(),
        };
        Assert.Equal(value switch { string text => Valid(text), char one => Valid(one.ToString()), byte[] bytes => Convert.ToHexString(bytes), Enum or Uri or Type => value.ToString(), _ => value }, read);
    }

    private static string Key(object? key) => key is null ? "null" : Convert.ToString(key, CultureInfo.InvariantCulture)!;

    /// <summary>With half a surrogate pair replaced.</summary>
    private static string Valid(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
}
