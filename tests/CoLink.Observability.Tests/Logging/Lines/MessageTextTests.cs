using System.Globalization;
using CoLink.Observability.Logging.Lines;
using CsCheck;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Lines;

public sealed class MessageTextTests
{
    public static TheoryData<string> Templates { get; } =
    [
        "plain", "", "{A}", "{A} and {B}", "{{braces}} {A}", "{A:0.00}|{B:000000}", "{A,12}|{B,-12}|", "{A,12:0.000}|", "{C,10}|{C,-10}|", "{D:yyyy-MM-dd}", "{D:O}",
        "{E:D}|{E:X}|{E}", "{F:N}", "{G}|{G,8}", "{H:c}|{H:hh\\:mm}", "{I}|{I,6}",
    ];

    /// <summary>What the console of every ASP.NET Core service shows is what the line says.</summary>
    [Theory]
    [MemberData(nameof(Templates))]
    public void A_message_reads_as_with_any_other_provider(string template)
    {
        object?[] all = [1234.5678, 42, "na\"me", new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc), DayOfWeek.Friday, Guid.Empty, null, TimeSpan.FromMinutes(61), 'x'];
        object?[] used = [.. template.Replace("{{", "", StringComparison.Ordinal).Split('{').Skip(1).Select(part => all["ABCDEFGHI".IndexOf(part[0], StringComparison.Ordinal)])];

        var logs = new TextProvider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
#pragma warning disable CA2254 // The templates are this test's.
        factory.CreateLogger("x").LogInformation(template, used);

        Assert.Equal(logs.Text, Written.Message(Written.Event(logger => logger.LogInformation(template, used))));
#pragma warning restore CA2254
    }

    [Fact]
    public void Any_text_and_number_reads_as_with_any_other_provider()
    {
        var logs = new TextProvider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
        var other = factory.CreateLogger("x");
        Gen.Select(Gen.String, Gen.Double, Gen.Int).Sample(
            (text, real, number) =>
            {
                other.LogInformation("a {Text} b {Real:0.##} {Number,5} {Text2,-20}.", text, real, number, text);
                var expected = string.Concat(logs.Text!.EnumerateRunes().Select(rune => rune.ToString()));
                return Written.Message(Written.Event(logger => logger.LogInformation("a {Text} b {Real:0.##} {Number,5} {Text2,-20}.", text, real, number, text))) == expected;
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void Texts_have_no_quotes_and_structures_are_short()
    {
        var logEvent = Written.Event(logger => logger.LogInformation(
            "{Text} {List} {@Thing} {Map}", "a", (string[])["a", "b"], new Thing("n", 2), new Dictionary<string, object> { ["k"] = "v" }));

        Assert.Equal("a [a, b] Thing { Name: n, Size: 2 } { k: v }", Written.Message(logEvent));
    }

    [Fact]
    public void The_styles_of_Serilog_mean_what_they_mean_there()
    {
        var thing = new StructureValue([new("Name", new ScalarValue("n\n"))]);
        (string, object?)[] properties = [("T", "a\"b"), ("S", thing), ("N", 5), ("L", new SequenceValue([new ScalarValue("a")]))];

        Assert.Equal("a\"b", Written.Message(Written.Event("{T:l}", properties)));
        Assert.Equal("\"a\\\"b\"", Written.Message(Written.Event("{T:j}", properties)));
        Assert.Equal("a\"b", Written.Message(Written.Event("{T:lj}", properties)));
        Assert.Equal("""{"Name":"n\n"} 5 ["a"] 5""", Written.Message(Written.Event("{S:j} {N:j} {L:lj} {N:l}", properties)));
        Assert.Contains("""{"Name":"n\n"}""", Written.Text(Written.Event("{S:j}", properties)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_template_names_and_an_event_has_not_stays_as_it_is_written() =>
        Assert.Equal("a {Missing,5:0.0} {Missing}", Written.Message(Written.Event("a {Missing,5:0.0} {Missing}")));

    [Fact]
    public void A_width_counts_what_a_reader_sees()
    {
        Assert.Equal("|   a\"\n😀|", Written.Message(Written.Event("|{T,8}|", ("T", "a\"\n😀"))));
        Assert.Equal("|ä         |", Written.Message(Written.Event("|{T,-10}|", ("T", "ä"))));
        Assert.Equal("|abc|", Written.Message(Written.Event("|{T,2}|", ("T", "abc"))));
    }

    [Fact]
    public void A_width_without_measure_is_cut_with_the_message()
    {
        Assert.Equal(LineLimits.TextBytes, LengthOf("{T,2000000000}"));
        Assert.Equal(LineLimits.TextBytes, LengthOf("{T,-2000000000}"));

        static int LengthOf(string template) => System.Text.Encoding.UTF8.GetByteCount(Written.Message(Written.Event(template, ("T", "x"))));
    }

    [Fact]
    public void A_number_with_more_digits_than_there_is_room_for_is_cut()
    {
        var message = Written.Message(Written.Event("{N:F100000}", ("N", 1.5)));

        Assert.StartsWith("1.5000", message, StringComparison.Ordinal);
        Assert.EndsWith(LineLimits.CutMark, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_without_a_template_is_its_own_text()
    {
        var logEvent = Written.Event(logger => logger.Log(LogLevel.Information, 0, 7, null, (state, _) => string.Create(CultureInfo.InvariantCulture, $"state {state}")));

        Assert.Equal("state 7", Written.Message(logEvent));
    }

    private sealed record Thing(string Name, int Size);

    private sealed class TextProvider : ILoggerProvider, ILogger
    {
        public string? Text { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Text = formatter(state, exception);

        public void Dispose()
        {
        }
    }
}
