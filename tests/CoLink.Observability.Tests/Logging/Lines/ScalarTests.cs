using System.Globalization;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Logging.Lines;

/// <summary>What Serilog leaves as it is, and what a service hands in besides.</summary>
public sealed class ScalarTests
{
    private static readonly DateTime Utc = new(2026, 11, 22, 12, 0, 0, 5, DateTimeKind.Utc);

    private static readonly (object? Value, string Json, string Message)[] All =
    [
        (null, "null", "(null)"), ("a \"b\" \\", """
            "a \"b\" \\"
            """, "a \"b\" \\"),
        ('c', "\"c\"", "c"), ('"', "\"\\\"\"", "\""), (true, "true", "True"), (false, "false", "False"),
        ((byte)1, "1", "1"), ((sbyte)-1, "-1", "-1"), ((short)-2, "-2", "-2"), ((ushort)2, "2", "2"), (3, "3", "3"), (3u, "3", "3"),
        (long.MinValue, "-9223372036854775808", "-9223372036854775808"), (ulong.MaxValue, "18446744073709551615", "18446744073709551615"),
        ((nint)4, "4", "4"), ((nuint)4, "4", "4"), (1.5f, "1.5", "1.5"), (0.1d, "0.1", "0.1"), (1e300, "1E+300", "1E+300"), (-0.0d, "-0", "-0"), (1.50m, "1.50", "1.50"),
        (double.NaN, "\"NaN\"", "NaN"), (double.PositiveInfinity, "\"Infinity\"", "Infinity"), (double.NegativeInfinity, "\"-Infinity\"", "-Infinity"),
        (float.NaN, "\"NaN\"", "NaN"), (float.NegativeInfinity, "\"-Infinity\"", "-Infinity"), (decimal.MaxValue, "79228162514264337593543950335", "79228162514264337593543950335"),
        (Utc, "\"2026-11-22T12:00:00.0050000Z\"", "11/22/2026 12:00:00"), (new DateTime(2026, 1, 2), "\"2026-01-02T00:00:00.0000000\"", "01/02/2026 00:00:00"),
        (new DateTimeOffset(Utc).ToOffset(TimeSpan.FromHours(2)), "\"2026-11-22T14:00:00.0050000+02:00\"", "11/22/2026 14:00:00 +02:00"),
        (new DateOnly(2026, 1, 2), "\"2026-01-02\"", "01/02/2026"), (new TimeOnly(1, 2, 3), "\"01:02:03.0000000\"", "01:02"), (TimeSpan.FromMilliseconds(1500), "\"00:00:01.5000000\"", "00:00:01.5000000"),
        (Guid.Empty, "\"00000000-0000-0000-0000-000000000000\"", "00000000-0000-0000-0000-000000000000"), (new Uri("http://a/b?c=d"), "\"http://a/b?c=d\"", "http://a/b?c=d"),
        (DayOfWeek.Monday, "\"Monday\"", "Monday"), ((DayOfWeek)9, "\"9\"", "9"), (FileAttributes.Hidden | FileAttributes.System, "\"Hidden, System\"", "Hidden, System"),
        (typeof(int), "\"System.Int32\"", "System.Int32"), (new Version(1, 2), "\"1.2\"", "1.2"), (System.Net.IPAddress.Loopback, "\"127.0.0.1\"", "127.0.0.1"), (new Silent(), "\"\"", ""),
    ];

    public static TheoryData<int> Cases { get; } = [.. Enumerable.Range(0, All.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_scalar_is_what_JSON_has_for_it_and_what_a_person_reads(int index)
    {
        var (value, json, message) = All[index];

        foreach (var logEvent in new[] { Written.Event(logger => logger.LogInformation("{V}", [value])), Written.Event("{V}", ("V", value)) })
        {
            var line = Written.Read(logEvent);
            Assert.Equal(json, line.GetProperty("V").GetRawText());
            Assert.Equal(message, line.GetProperty("message").GetString());
        }
    }

    [Fact]
    public void Every_number_is_read_again_as_it_was()
    {
        Gen.Select(Gen.Double, Gen.Float, Gen.Decimal, Gen.Long).Sample((d, f, m, l) =>
        {
            var line = Written.Read(Written.Event("x", ("D", d), ("F", f), ("M", m), ("L", l)));
            Assert.Equal(d, Number(line.GetProperty("D"), value => value.GetDouble(), double.Parse));
            Assert.Equal(f, Number(line.GetProperty("F"), value => value.GetSingle(), float.Parse));
            Assert.Equal(m, line.GetProperty("M").GetDecimal());
            Assert.Equal(l, line.GetProperty("L").GetInt64());
        }, iter: 2000);

        static T Number<T>(JsonElement value, Func<JsonElement, T> read, Func<string, IFormatProvider, T> parse) =>
            value.ValueKind == JsonValueKind.Number ? read(value) : parse(value.GetString()!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_number_has_the_text_that_the_runtime_makes_of_it_however_many_decimals_it_has() =>
        Gen.Select(Gen.Long[-2_000_000_000_000, 2_000_000_000_000], Gen.Int[0, 6]).Sample((digits, decimals) =>
        {
            var number = digits / Math.Pow(10, decimals);
            foreach (var one in new[] { number, Math.BitIncrement(number), digits % 5_000 / Math.Pow(10, decimals) })
                Assert.Equal(one.ToString(CultureInfo.InvariantCulture), Written.Read(Written.Event("x", ("D", one))).GetProperty("D").GetRawText());
        }, iter: 3000);

    [Theory]
    [InlineData(0.001, "0.001")]
    [InlineData(-0.01, "-0.01")]
    [InlineData(0.0005, "0.0005")]
    [InlineData(12.3, "12.3")]
    [InlineData(120, "120")]
    [InlineData(-1500.25, "-1500.25")]
    [InlineData(999_999_999.999, "999999999.999")]
    [InlineData(1_000_000_000.001, "1000000000.001")]
    public void A_duration_keeps_its_decimals_and_has_none_for_nothing(double number, string text)
    {
        var line = Written.Read(Written.Event("{D}", ("D", number)));

        Assert.Equal(text, line.GetProperty("D").GetRawText());
        Assert.Equal(text, line.GetProperty("message").GetString());
    }

    [Fact]
    public void Bytes_are_shown_in_hexadecimal_and_not_all_of_many()
    {
        Assert.Equal("01FF", Written.Read(Written.Event("x", ("B", new byte[] { 1, 255 }))).GetProperty("B").GetString());
        var many = Written.Read(Written.Event("x", ("B", new byte[5000]))).GetProperty("B").GetString()!;
        Assert.EndsWith("…[cut]", many, StringComparison.Ordinal);
        Assert.InRange(many.Length, 2000, 2100);
    }

    [Fact]
    public void A_value_that_throws_where_it_is_read_is_told_as_such()
    {
        var line = Written.Read(Written.Event("{V} and {W:000} and {X:nonsense}", ("V", new Throwing()), ("W", new Throwing()), ("X", Guid.Empty)));

        Assert.Equal("[unreadable: InvalidOperationException]", line.GetProperty("V").GetString());
        Assert.Equal("[unreadable: InvalidOperationException] and [unreadable: InvalidOperationException] and 00000000-0000-0000-0000-000000000000", line.GetProperty("message").GetString());
    }

    [Fact]
    public void A_getter_that_throws_costs_its_own_member_only()
    {
        var line = Written.Read(Written.Event(logger => logger.LogInformation("{@V}", new Half()))).GetProperty("V");

        Assert.Equal(1, line.GetProperty("Good").GetInt32());
        Assert.Contains("threw", line.GetProperty("Bad").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_culture_of_the_thread_changes_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            Assert.Equal("-1.5 -1.50", Written.Message(Written.Event("{A} {A:0.00}", ("A", -1.5))));
            Assert.Equal("-1.5", Written.Read(Written.Event("x", ("A", -1.5))).GetProperty("A").GetRawText());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private sealed class Silent
    {
        public override string? ToString() => null;
    }

    private sealed class Throwing : IFormattable
    {
        public override string ToString() => throw new InvalidOperationException("no text");

        public string ToString(string? format, IFormatProvider? formatProvider) => throw new InvalidOperationException("no text");
    }

    private sealed class Half
    {
        public int Good { get; } = 1;

        public int Bad => Good == 1 ? throw new InvalidOperationException("no value") : 0;
    }
}
