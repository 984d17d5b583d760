using System.Diagnostics;
using System.Text.Json;
using CoLink.Observability.Logging.Lines;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Lines;

public sealed class JsonLinesTests
{
    private static readonly string[] Schema = ["ts", "level", "message", "logger", "trace_id", "span_id", "error"];

    [Fact]
    public void A_line_is_the_schema_and_then_the_properties()
    {
        var logEvent = Written.Event(LogEventLevel.Information, null, "User {UserId} signed in", ("UserId", 7), ("SourceContext", "CoLink.Users"), ("Tenant", "north"));

        Assert.Equal(
            """{"ts":"2026-11-22T12:00:00.1234567Z","level":"INFO","message":"User 7 signed in","logger":"CoLink.Users","trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","UserId":7,"Tenant":"north"}""",
            Written.Json(logEvent));
    }

    [Fact]
    public void What_an_event_has_not_the_line_has_not()
    {
        var logEvent = new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Warning, null, MessageTemplate.Empty, []);

        Assert.Equal("""{"ts":"1970-01-01T00:00:00.0000000Z","level":"WARN","message":""}""", Written.Json(logEvent));
    }

    [Theory]
    [InlineData(LogLevel.Trace, "TRACE")]
    [InlineData(LogLevel.Debug, "DEBUG")]
    [InlineData(LogLevel.Information, "INFO")]
    [InlineData(LogLevel.Warning, "WARN")]
    [InlineData(LogLevel.Error, "ERROR")]
    [InlineData(LogLevel.Critical, "FATAL")]
    public void Each_level_has_its_name(LogLevel level, string name) =>
        Assert.Equal(name, Written.Read(Written.Event(logger => logger.Log(level, "x"))).GetProperty("level").GetString());

    [Fact]
    public void A_level_that_does_not_exist_is_its_neighbour()
    {
        Assert.Equal("FATAL", Written.Read(Written.Event((LogEventLevel)9, null, "x")).GetProperty("level").GetString());
        Assert.Equal("TRACE", Written.Read(Written.Event((LogEventLevel)(-1), null, "x")).GetProperty("level").GetString());
    }

    /// <summary>The handbook's two queries: <c>|= "error"</c> is a search in the line, <c>| json | level="ERROR"</c> looks at the key.</summary>
    [Theory]
    [InlineData(LogEventLevel.Error)]
    [InlineData(LogEventLevel.Fatal)]
    public void Both_queries_of_the_handbook_find_every_error(LogEventLevel level)
    {
        foreach (var exception in (Exception?[])[null, new InvalidOperationException("broken")])
        {
            var line = Written.Json(Written.Event(level, exception, "Out of luck"));

            Assert.Contains("error", line, StringComparison.Ordinal);
            Assert.Contains(level == LogEventLevel.Error ? "\"level\":\"ERROR\"" : "\"level\":\"FATAL\"", line, StringComparison.Ordinal);
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.GetProperty("error").ValueKind);
        }
    }

    [Fact]
    public void Below_an_error_only_an_exception_makes_the_key()
    {
        Assert.False(Written.Read(Written.Event(LogEventLevel.Warning, null, "x")).TryGetProperty("error", out _));
        Assert.True(Written.Read(Written.Event(LogEventLevel.Debug, new InvalidOperationException("y"), "x")).TryGetProperty("error", out _));
    }

    [Fact]
    public void An_activity_gives_its_ids()
    {
        using var activity = new Activity("work").Start();

        var line = Written.Read(Written.Event(logger => logger.LogInformation("x")));

        Assert.Equal(activity.TraceId.ToHexString(), line.GetProperty("trace_id").GetString());
        Assert.Equal(activity.SpanId.ToHexString(), line.GetProperty("span_id").GetString());
    }

    [Fact]
    public void The_logger_is_not_told_twice()
    {
        var line = Written.Read(Written.Event(logger => logger.LogInformation("x")));

        Assert.Equal(Written.Category, line.GetProperty("logger").GetString());
        Assert.False(line.TryGetProperty("SourceContext", out _));
    }

    [Fact]
    public void A_source_context_that_is_no_text_is_a_property_like_any_other()
    {
        var line = Written.Read(Written.Event("x", ("SourceContext", 5)));

        Assert.False(line.TryGetProperty("logger", out _));
        Assert.Equal(5, line.GetProperty("SourceContext").GetInt32());
    }

    [Fact]
    public void Scopes_and_event_ids_are_there()
    {
        var line = Written.Read(Written.Event(logger =>
        {
            using var outer = logger.BeginScope(new Dictionary<string, object> { ["OrderId"] = 7 });
            using var inner = logger.BeginScope("hello {Name}", "bob");
            logger.LogInformation(new EventId(12, "Sent"), "x");
        }));

        Assert.Equal(7, line.GetProperty("OrderId").GetInt32());
        Assert.Equal("bob", line.GetProperty("Name").GetString());
        Assert.Equal("hello bob", Assert.Single(line.GetProperty("Scope").EnumerateArray()).GetString());
        Assert.Equal("""{"Id":12,"Name":"Sent"}""", line.GetProperty("EventId").GetRawText());
    }

    [Fact]
    public void A_property_never_overwrites_a_key_of_the_schema()
    {
        string[] names = [.. Schema, "cut", "error_type", "error_message", "error_stack"];
        var logEvent = Written.Event(LogEventLevel.Error, new InvalidOperationException("real"), "real", [("SourceContext", "Real"), .. names.Select(name => (name, (object?)"forged"))]);

        var line = Written.Read(logEvent);

        Assert.Equal("ERROR", line.GetProperty("level").GetString());
        Assert.Equal("real", line.GetProperty("message").GetString());
        Assert.Equal("Real", line.GetProperty("logger").GetString());
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", line.GetProperty("trace_id").GetString());
        Assert.Equal("b7ad6b7169203331", line.GetProperty("span_id").GetString());
        Assert.Equal("real", line.GetProperty("error").GetProperty("message").GetString());
        Assert.All(names, name => Assert.Equal("forged", line.GetProperty(name + "_").GetString()));
        Assert.All((string[])["cut", "error_type", "error_message", "error_stack"], name => Assert.False(line.TryGetProperty(name, out _)));
    }

    [Fact]
    public void A_property_that_gives_way_overwrites_no_other()
    {
        var line = Written.Read(Written.Event("x", ("level", 1), ("level_", 2), ("level__", 3), ("Level", 4)));

        Assert.Equal("INFO", line.GetProperty("level").GetString());
        Assert.Equal(2, line.GetProperty("level_").GetInt32());
        Assert.Equal(3, line.GetProperty("level__").GetInt32());
        Assert.Equal(1, line.GetProperty("level___").GetInt32());
        Assert.Equal(4, line.GetProperty("Level").GetInt32());
    }

    [Fact]
    public void Two_names_that_are_written_alike_are_two_keys()
    {
        var line = Written.Read(Written.Event("x", ("a\uD800", 1), ("a\uD801", 2), ("a\uFFFD", 3)));

        Assert.Equal(3, line.GetProperty("a\uFFFD").GetInt32());
        Assert.Equal([1, 2], line.EnumerateObject().Where(one => one.Name.StartsWith("a\uFFFD_", StringComparison.Ordinal)).Select(one => one.Value.GetInt32()));
    }

    [Fact]
    public void Odd_keys_of_a_dictionary_are_all_there()
    {
        var dictionary = new DictionaryValue(
        [
            new(new ScalarValue(1), new ScalarValue("number")),
            new(new ScalarValue("1"), new ScalarValue("text")),
            new(new ScalarValue(""), new ScalarValue("empty")),
            new(new ScalarValue(null), new ScalarValue("null")),
            new(new ScalarValue(DayOfWeek.Friday), new ScalarValue("day")),
            new(new ScalarValue("\"\n\\"), new ScalarValue("signs")),
        ]);

        var line = Written.Read(Written.Event("x", ("D", dictionary))).GetProperty("D");

        Assert.Equal("text", line.GetProperty("1").GetString());
        Assert.Equal("empty", line.GetProperty("").GetString());
        Assert.Equal("null", line.GetProperty("null").GetString());
        Assert.Equal("day", line.GetProperty("Friday").GetString());
        Assert.Equal("signs", line.GetProperty("\"\n\\").GetString());
        Assert.Equal("number", Assert.Single(line.EnumerateObject(), one => one.Name.StartsWith("1_", StringComparison.Ordinal)).Value.GetString());
    }

    [Fact]
    public void A_member_that_is_there_twice_is_shown_twice()
    {
        var structure = new StructureValue([new("A", new ScalarValue(1)), new("A", new ScalarValue(2)), new("B", new ScalarValue(3))]);

        var line = Written.Read(Written.Event("x", ("S", structure))).GetProperty("S");

        Assert.Equal([1, 2, 3], line.EnumerateObject().Select(one => one.Value.GetInt32()));
        Assert.Equal(1, line.GetProperty("A").GetInt32());
    }

    [Fact]
    public void Nothing_that_a_text_holds_ends_the_line_or_turns_it_round()
    {
        var hostile = string.Concat(Enumerable.Range(0, 0xA0).Select(one => (char)one)) + "\u2028\u2029\u202E\u2066";
        var line = Written.Json(Written.Event("a\r\n\u0085b {Text}", ("Text", hostile), ("Na\nme\"", hostile)));

        Assert.DoesNotContain(line, character => char.IsControl(character) || character is '\u2028' or '\u2029' or '\u202E' or '\u2066');
        var read = JsonDocument.Parse(line).RootElement;
        Assert.Equal($"a\r\n\u0085b {hostile}", read.GetProperty("message").GetString());
        Assert.Equal(hostile, read.GetProperty("Na\nme\"").GetString());
    }

    /// <summary>Code that is not compiled for good yet may allocate; what it becomes does not.</summary>
    [Fact]
    public async Task The_ordinary_line_costs_no_allocation()
    {
        var logEvent = Written.Event(logger => logger.LogInformation(
            "User {UserId} sent {MessageId} to {Channel} in {Elapsed} ms: {Status}", 7, Guid.NewGuid(), "general", 3.25, 200));
        var lines = new JsonLines(Written.Redactor(path => path));
        var output = new System.Buffers.ArrayBufferWriter<byte>(4096);

        await Eventually.IsTrue(() => Allocated(100) == 0);

        long Allocated(int times)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                output.ResetWrittenCount();
                lines.Write(logEvent, output);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Two_threads_may_write_with_the_same_lines()
    {
        var lines = new JsonLines(Written.Redactor());
        var events = Enumerable.Range(0, 200).Select(i => Written.Event("{Text} {N}", ("Text", new string('ä', i * 20)), ("N", i), ($"P{i}", i))).ToArray();

        Parallel.For(0, 4, _ =>
        {
            foreach (var logEvent in events)
            {
                var line = Written.Parse(Written.Bytes(logEvent, lines.Write));
                var n = line.GetProperty("N").GetInt32();
                Assert.Equal(n, line.GetProperty($"P{n}").GetInt32());
                Assert.Equal(n * 20, line.GetProperty("Text").GetString()!.Length);
            }
        });
    }

    [Fact]
    public void A_line_goes_into_an_output_that_gives_only_what_it_is_asked_for()
    {
        var output = new TightWriter();
        var logEvent = Written.Event("{Text}", ("Text", new string('x', 30_000)));
        new JsonLines(Written.Redactor()).Write(logEvent, output);
        new JsonLines(Written.Redactor()).Write(logEvent, output);

        Assert.Equal(Written.Json(logEvent) + Written.Json(logEvent), System.Text.Encoding.UTF8.GetString(output.Bytes.ToArray()));
    }

    [Fact]
    public void That_an_event_was_there_is_told_whatever_it_holds()
    {
        var line = Written.Read(Written.Event(LogEventLevel.Error, null, "Lost {A}", ("B", new SequenceValue([new HostileValue()])), ("A", new BrokenSequence())));

        Assert.Equal("ERROR", line.GetProperty("level").GetString());
        Assert.Contains("Lost ", line.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private sealed class HostileValue : LogEventPropertyValue
    {
        public override void Render(TextWriter output, string? format = null, IFormatProvider? formatProvider = null) => throw new InvalidOperationException("no text");
    }

    /// <summary>A kind of value that is nobody's, whose text is longer than anything may be.</summary>
    private sealed class BrokenSequence : LogEventPropertyValue
    {
        public override void Render(TextWriter output, string? format = null, IFormatProvider? formatProvider = null) => output.Write(new string('b', 100_000));
    }

    private sealed class TightWriter : System.Buffers.IBufferWriter<byte>
    {
        private byte[] _room = [];

        public List<byte> Bytes { get; } = [];

        public void Advance(int count) => Bytes.AddRange(_room[..count]);

        public Memory<byte> GetMemory(int sizeHint = 0) => _room = new byte[Math.Max(1, sizeHint)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
