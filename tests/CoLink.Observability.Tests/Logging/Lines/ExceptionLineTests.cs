using CoLink.Observability.Logging.Lines;
using CoLink.Observability.Logging.Redaction;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Lines;

public sealed class ExceptionLineTests
{
    [Fact]
    public void An_exception_is_its_type_its_message_and_its_stack()
    {
        var exception = Thrown(() => throw new InvalidOperationException("outer", Thrown(() => throw new FormatException("inner"))));

        var error = ErrorOf(exception);

        Assert.Equal("System.InvalidOperationException", error.Type);
        Assert.Equal("outer", error.Message);
        Assert.Equal(exception.ToString(), error.Stack);
        Assert.Contains("System.FormatException: inner", error.Stack, StringComparison.Ordinal);
        Assert.Contains(nameof(ExceptionLineTests), error.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public void All_of_an_aggregate_are_in_the_stack()
    {
        var error = ErrorOf(new AggregateException("several", new InvalidOperationException("first"), new AggregateException(new FormatException("second"), new ArgumentException("third"))));

        Assert.All((string[])["InvalidOperationException: first", "FormatException: second", "ArgumentException: third"], one => Assert.Contains(one, error.Stack, StringComparison.Ordinal));
    }

    [Fact]
    public void A_message_that_is_missing_is_empty() => Assert.Equal("", ErrorOf(new Odd { Text = () => null! }).Message);

    [Fact]
    public void An_exception_that_throws_where_it_is_asked_is_told_with_what_it_still_says()
    {
        var error = ErrorOf(new Odd { Text = () => throw new InvalidOperationException("x"), All = () => throw new FormatException("y"), Inner = new ArgumentException("the cause") });

        Assert.Equal(typeof(Odd).FullName, error.Type);
        Assert.Equal("[unreadable: InvalidOperationException]", error.Message);
        Assert.Contains(typeof(Odd).FullName!, error.Stack, StringComparison.Ordinal);
        Assert.Contains("System.ArgumentException: the cause", error.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_missing_is_put_together() =>
        Assert.Contains("Odd: the message", ErrorOf(new Odd { Text = () => "the message", All = () => null! }).Stack, StringComparison.Ordinal);

    [Fact]
    public void A_huge_stack_is_cut_and_its_beginning_kept()
    {
        var error = ErrorOf(new Odd { Text = () => "m", All = () => "first line\n" + new string('s', 50_000_000) });

        Assert.StartsWith("first line\n", error.Stack, StringComparison.Ordinal);
        Assert.EndsWith("…[cut]", error.Stack, StringComparison.Ordinal);
        Assert.InRange(error.Stack.Length, 32_000, LineLimits.TextBytes);
    }

    [Theory]
    [InlineData("Host=db;Username=app;Password=hunter2;Timeout=5", "Host=db;Username=app;[redacted];Timeout=5")]
    [InlineData("failed with pwd = 'a b hunter2' at", "failed with [redacted] at")]
    [InlineData("GET /x?token=hunter2&page=2", "GET /x?[redacted]&page=2")]
    [InlineData("Authorization: Bearer hunter2.hunter2-x==", "Authorization: [redacted]")]
    [InlineData("api_key: \"hunter2 and more\" end", "[redacted] end")]
    [InlineData("nothing of the kind", "nothing of the kind")]
    public void What_looks_like_a_secret_is_in_no_text_of_an_exception(string message, string shown)
    {
        var exception = new AggregateException(message, new InvalidOperationException(message, new FormatException(message)));

        foreach (var one in (Exception[])[exception, exception.InnerException!])
        {
            var line = Written.Json(Written.Event(LogEventLevel.Error, one, "x"));
            var text = Written.Text(Written.Event(LogEventLevel.Error, one, "x"));
            Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
            Assert.Contains(shown, ErrorOf(one).Stack, StringComparison.Ordinal);
        }

        Assert.Equal(shown, ErrorOf(exception.InnerException!).Message);
    }

    [Fact]
    public void A_secret_in_an_exception_that_throws_is_not_shown_either()
    {
        var error = ErrorOf(new Odd { Text = () => "password=hunter2", All = () => throw new FormatException("y"), Inner = new ArgumentException("token=hunter2") });

        Assert.DoesNotContain("hunter2", error.Message + error.Stack, StringComparison.Ordinal);
    }

    [Fact]
    public void The_patterns_are_the_operators()
    {
        var redactor = new Redactor([], [@"\d{4}-\d{4}"]);

        var line = Written.Read(Written.Event(LogEventLevel.Error, new InvalidOperationException("card 1234-5678, password=x"), "x"), redactor);

        Assert.Equal("card [redacted], password=x", line.GetProperty("error").GetProperty("message").GetString());
    }

    private static (string Type, string Message, string Stack) ErrorOf(Exception exception)
    {
        var error = Written.Read(Written.Event(LogEventLevel.Error, exception, "x")).GetProperty("error");
        return (error.GetProperty("type").GetString()!, error.GetProperty("message").GetString()!, error.GetProperty("stack").GetString()!);
    }

    private static Exception Thrown(Action action) => Record.Exception(action)!;

    private sealed class Odd : Exception
    {
        public Func<string>? Text { get; init; }

        public Func<string>? All { get; init; }

        public Exception? Inner
        {
            init => typeof(Exception).GetField("_innerException", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.SetValue(this, value);
        }

        public override string Message => Text?.Invoke()!;

        public override string ToString() => All is null ? base.ToString() : All();
    }
}
