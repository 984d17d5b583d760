using CoLink.Observability.Logging.Lines;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Lines;

public sealed class TextLinesTests
{
    [Fact]
    public void A_line_is_for_a_person()
    {
        var logEvent = Written.Event(LogEventLevel.Information, null, "User {UserId} signed in", ("UserId", 7), ("SourceContext", "CoLink.Users"), ("Tenant", "north"), ("Tags", new SequenceValue([new ScalarValue("a b")])));

        Assert.Equal("14:00:00.123 INFO  CoLink.Users: User 7 signed in Tenant=\"north\" Tags=[\"a b\"] trace_id=0af7651916cd43dd8448eb211c80319c", Written.Text(logEvent));
    }

    [Fact]
    public void Levels_stand_below_each_other() =>
        Assert.All(Enum.GetValues<LogEventLevel>(), level =>
            Assert.Equal(' ', Written.Text(Written.Event(level, null, "x"))["14:00:00.123 FATAL ".Length - 1]));

    [Fact]
    public void Nothing_that_is_logged_looks_like_a_second_event()
    {
        const string Forged = "x\r\n14:00:00.123 ERROR CoLink.Users: forged\n\u001b[2J\u009b1A";
        var exception = new InvalidOperationException(Forged);
        var text = Written.Text(Written.Event(LogEventLevel.Error, exception, "a {B} {@D}\n" + Forged, ("B", Forged), ("D", new StructureValue([new("E", new ScalarValue(Forged))], Forged)), (Forged, Forged), ("SourceContext", Forged)));

        var lines = text.Split('\n');
        Assert.Contains("\\r\\n14:00:00.123 ERROR", lines[0], StringComparison.Ordinal);
        Assert.Contains("\\u001b[2J\\u009b1A", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.StartsWith("      ", line, StringComparison.Ordinal));
        Assert.DoesNotContain(text, character => character != '\n' && char.IsControl(character));
    }

    [Fact]
    public void An_exception_follows_as_it_is()
    {
        var exception = Record.Exception((Action)(() => throw new InvalidOperationException("outer", new FormatException("inner"))))!;

        var lines = Written.Text(Written.Event(LogEventLevel.Error, exception, "Failed")).Split('\n');

        Assert.StartsWith("14:00:00.123 ERROR Failed", lines[0], StringComparison.Ordinal);
        Assert.Equal(exception.ToString().Split('\n').Select(line => "      " + line), lines[1..]);
    }

    [Fact]
    public void More_than_a_line_holds_is_marked()
    {
        var text = Written.Text(Written.Event("x", [.. Enumerable.Range(0, 20).Select(i => ($"P{i}", (object?)new string('y', 30_000)))]));

        Assert.InRange(text.Length, 150_000, LineLimits.LineBytes);
        Assert.Contains("…[cut] trace_id=", text, StringComparison.Ordinal);
        Assert.Contains("P0=\"yyy", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_secret_is_so_here_as_well()
    {
        var text = Written.Text(Written.Event("{Password} {Headers}", ("Password", "hunter2"), ("Headers", new DictionaryValue([new(new("Cookie"), new ScalarValue("hunter2"))])), ("ApiKey", "hunter2")));

        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.Contains("[redacted] { Cookie: [redacted] } ApiKey=\"[redacted]\"", text, StringComparison.Ordinal);
    }
}
