using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Serilog.Context;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging;

public sealed partial class EventLoggerTests
{
    [Fact]
    public async Task An_event_has_its_template_its_properties_its_category_and_its_id()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();
        var before = TimeProvider.System.GetUtcNow();

        Sent(pipeline.Logger, 7, "general", 12.5, Guid.Empty);

        var sent = pipeline.Single;
        Assert.Equal("Message {Id} went to {Channel} in {Elapsed} ms, as {Key}.", sent.MessageTemplate.Text);
        Assert.Equal(["Channel", "Elapsed", "EventId", "Id", "Key", "SourceContext"], sent.Properties.Keys.Order());
        Assert.Equal(("7", "\"general\"", "12.5", $"{Guid.Empty}"), (sent.Shown("Id"), sent.Shown("Channel"), sent.Shown("Elapsed"), sent.Shown("Key")));
        Assert.Equal(("\"app\"", "{ Id: 31, Name: \"Sent\" }"), (sent.Shown("SourceContext"), sent.Shown("EventId")));
        Assert.InRange(sent.Timestamp, before, TimeProvider.System.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, sent.Timestamp.Offset);
    }

    [Theory]
    [InlineData(LogLevel.Trace, LogEventLevel.Verbose)]
    [InlineData(LogLevel.Debug, LogEventLevel.Debug)]
    [InlineData(LogLevel.Information, LogEventLevel.Information)]
    [InlineData(LogLevel.Warning, LogEventLevel.Warning)]
    [InlineData(LogLevel.Error, LogEventLevel.Error)]
    [InlineData(LogLevel.Critical, LogEventLevel.Fatal)]
    public async Task Each_level_has_its_own(LogLevel level, LogEventLevel expected)
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();

        pipeline.Logger.Log(level, "said");

        Assert.Equal(expected, pipeline.Single.Level);
        Assert.False(pipeline.Logger.IsEnabled(LogLevel.None));
    }

    [Fact]
    public async Task The_exception_and_the_ids_of_the_activity_are_the_events()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        var exception = new InvalidOperationException("boom");

        pipeline.Logger.LogError(exception, "failed");

        Assert.Same(exception, pipeline.Single.Exception);
        Assert.Equal((activity.TraceId, activity.SpanId), (pipeline.Single.TraceId, pipeline.Single.SpanId));
        Assert.Equal(["SourceContext"], pipeline.Single.Properties.Keys);
    }

    [Fact]
    public async Task Without_an_activity_there_are_no_ids()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();
        Activity.Current = null;

        pipeline.Logger.LogInformation("said");

        Assert.Null(pipeline.Single.TraceId);
        Assert.Null(pipeline.Single.SpanId);
    }

    [Fact]
    public async Task Sequences_dictionaries_and_structures_are_taken_apart_and_other_objects_are_text()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();
        var point = new Point(1, 2);

        pipeline.Logger.LogInformation("{List} {Map} {@Structure} {$Text} {Object} {Kind} {Nothing}", (object)new[] { 1, 2 }, new Dictionary<string, int> { ["a"] = 1 }, point, point, point, DayOfWeek.Monday, null);

        var said = pipeline.Single;
        Assert.Equal(("[1, 2]", "[(\"a\": 1)]", "Point { X: 1, Y: 2 }"), (said.Shown("List"), said.Shown("Map"), said.Shown("Structure")));
        Assert.Equal(("\"1/2\"", "\"1/2\"", "Monday", "null"), (said.Shown("Text"), said.Shown("Object"), said.Shown("Kind"), said.Shown("Nothing")));
    }

    [Fact]
    public async Task A_sequence_without_an_end_ends()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();

        pipeline.Logger.LogInformation("{Numbers}", Endless());

        Assert.Equal(10_000, Assert.IsType<SequenceValue>(pipeline.Single.Properties["Numbers"]).Elements.Count);

        static IEnumerable<int> Endless()
        {
            while (true)
                yield return 1;
        }
    }

    [Fact]
    public async Task What_was_changed_after_it_was_logged_is_as_it_was()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();
        var list = new List<int> { 1 };

        pipeline.Logger.LogInformation("{List}", list);
        list.Add(2);

        Assert.Equal("[1]", pipeline.Single.Shown("List"));
    }

    [Fact]
    public async Task Scopes_add_properties_an_inner_one_wins_and_the_events_own_wins_over_all()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();
        var logger = pipeline.Logger;

        using (logger.BeginScope(new Dictionary<string, object> { ["Order"] = 1, ["Tenant"] = "outer", ["User"] = "outer", ["SourceContext"] = "scope" }))
        using (logger.BeginScope("Handling {Tenant} for {Part}", "inner", "billing"))
        using (logger.BeginScope(("Retry", 3)))
        using (logger.BeginScope("a text"))
            logger.LogInformation("{User} paid", "own");

        var paid = pipeline.Single;
        Assert.Equal(("1", "\"inner\"", "\"own\""), (paid.Shown("Order"), paid.Shown("Tenant"), paid.Shown("User")));
        Assert.Equal(("\"billing\"", "3"), (paid.Shown("Part"), paid.Shown("Retry")));
        Assert.Equal(("[\"Handling inner for billing\", \"a text\"]", "\"app\""), (paid.Shown("Scope"), paid.Shown("SourceContext")));
        Assert.Equal("User", paid.Properties.Keys.First());
    }

    [Fact]
    public async Task A_scope_ends_with_its_block_and_flows_with_the_work()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();
        var (logger, other) = (pipeline.Logger, pipeline.Loggers.CreateLogger("other"));

        using (logger.BeginScope(new Dictionary<string, object> { ["Order"] = 1 }))
            await Task.Run(() => other.LogInformation("inside"), TestContext.Current.CancellationToken);
        other.LogInformation("outside");

        Assert.Equal(["1", null], pipeline.Events.Select(logged => logged.Shown("Order")));
    }

    /// <summary>They say what <c>trace_id</c> and <c>span_id</c> say, on every line.</summary>
    [Fact]
    public async Task The_factorys_own_scope_of_the_activity_is_left_out()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new Forward(pipeline.Loggers)).Configure(o => o.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId));
        using var activity = new Activity("request").Start();

        loggers.CreateLogger("app").LogInformation("said");

        Assert.Equal(["SourceContext"], pipeline.Single.Properties.Keys);
    }

    [Fact]
    public async Task What_the_app_pushed_onto_Serilogs_context_is_there()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();

        using (LogContext.PushProperty("Basket", 5))
            pipeline.Logger.LogInformation("said");

        Assert.Equal("5", pipeline.Single.Shown("Basket"));
    }

    [Fact]
    public async Task A_text_that_is_no_template_is_the_message_as_it_is()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();

        pipeline.Logger.Log(LogLevel.Information, default, "{braces} stay", null, (text, _) => text);
        pipeline.Logger.Log(LogLevel.Error, default, 5, new InvalidOperationException("secret"), (number, exception) => $"{number} {exception?.Message}");

        Assert.Equal(["{braces} stay", "5 "], pipeline.Events.Select(logged => logged.Message()));
        Assert.All(pipeline.Events, logged => Assert.Equal(["SourceContext"], logged.Properties.Keys));
    }

    /// <summary>What is secret among the properties may stand in the text as well, so it is a property that a line can hide.</summary>
    [Fact]
    public async Task A_text_that_comes_with_properties_is_one_itself()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();

        pipeline.Logger.Log(LogLevel.Information, default, new Dictionary<string, object?> { ["Password"] = "p", ["State"] = 1 }, null, (state, _) => $"password {state["Password"]}");

        var said = pipeline.Single;
        Assert.Equal(("password p", "{State_:l}"), (said.Message(), said.MessageTemplate.Text));
        Assert.Equal(("\"p\"", "1", "\"password p\""), (said.Shown("Password"), said.Shown("State"), said.Shown("State_")));
    }

    [Fact]
    public async Task An_object_that_throws_costs_its_property_and_not_the_event_nor_the_caller()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();
        var failures = new List<Exception>();
        pipeline.OnFailure = failures.Add;

        pipeline.Logger.LogInformation("{First} {Broken}", 1, new Throws());
        pipeline.Logger.Log(LogLevel.Information, default, 5, null, (_, _) => throw new InvalidOperationException("formatter"));

        Assert.Equal(["ToString", "formatter"], failures.Select(failure => failure.Message));
        Assert.Equal(2, pipeline.Events.Count);
        var said = pipeline.Events.First();
        Assert.Equal(("{First} {Broken}", "1", "\"app\""), (said.MessageTemplate.Text, said.Shown("First"), said.Shown("SourceContext")));
    }

    [Fact]
    public async Task An_event_that_is_logged_by_what_is_logged_is_an_event_of_its_own()
    {
        await using var pipeline = await PipelineUnderTest.OpenAsync();

        pipeline.Logger.LogInformation("{Talkative}", new Talks(pipeline.Loggers.CreateLogger("talks")));

        Assert.Equal(["shown", "\"talks\""], pipeline.Events.Select(logged => logged.Message()));
    }

    [LoggerMessage(31, LogLevel.Information, "Message {Id} went to {Channel} in {Elapsed} ms, as {Key}.")]
    private static partial void Sent(ILogger logger, int id, string channel, double elapsed, Guid key);

    private sealed record Point(int X, int Y)
    {
        public override string ToString() => $"{X}/{Y}";
    }

    private sealed class Throws
    {
        public override string ToString() => throw new InvalidOperationException("ToString");
    }

    private sealed class Talks(ILogger logger)
    {
        public override string ToString()
        {
            logger.LogInformation("shown");
            return "talks";
        }
    }

    /// <summary>Puts the provider under test into another factory.</summary>
    private sealed class Forward(ILoggerFactory loggers) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }
}
