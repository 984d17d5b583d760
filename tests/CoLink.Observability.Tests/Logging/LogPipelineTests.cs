using CoLink.Observability.Logging;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Logging;

public sealed class LogPipelineTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly CollectingRoads _roads = new();

    [Fact]
    public async Task Events_that_come_before_the_roads_are_open_wait_and_keep_their_order()
    {
        var asked = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        await using var pipeline = new LogPipeline(() =>
        {
            asked.SetResult();
            open.Task.WaitAsync(Bound).GetAwaiter().GetResult();
            return Both();
        });
        var logger = new LogProvider(pipeline).CreateLogger("app");

        for (var i = 0; i < 100; i++)
            logger.LogInformation("{Number}", i);
        await asked.Task.WaitAsync(Bound, TestContext.Current.CancellationToken);
        Assert.Empty(_roads.Console);
        open.SetResult();
        await pipeline.OpenAsync();
        logger.LogInformation("{Number}", 100);

        Assert.Equal(Enumerable.Range(0, 101).Select(i => $"{i}"), _roads.Console.Select(logged => logged.Message()));
        Assert.Equal(101, _roads.Loki.Count);
    }

    /// <summary>The options are the app's to make, and what makes them may take a logger.</summary>
    [Fact]
    public async Task What_opens_the_roads_may_log()
    {
        ILogger? logger = null;
        await using var pipeline = new LogPipeline(() =>
        {
            logger!.LogInformation("opening");
            return Both();
        });
        logger = new LogProvider(pipeline).CreateLogger("app");

        logger.LogInformation("first");
        await pipeline.OpenAsync().WaitAsync(Bound, TestContext.Current.CancellationToken);

        Assert.Equal(["first", "opening"], _roads.Console.Select(logged => logged.Message()));
    }

    [Fact]
    public async Task Too_many_early_events_are_dropped_and_counted()
    {
        var open = new TaskCompletionSource();
        await using var pipeline = new LogPipeline(() =>
        {
            open.Task.WaitAsync(Bound).GetAwaiter().GetResult();
            return Both();
        });
        var logger = new LogProvider(pipeline).CreateLogger("app");

        for (var i = 0; i < 10_007; i++)
            logger.LogInformation("early");
        open.SetResult();
        await pipeline.OpenAsync();

        var balance = _roads.Ledger.Read();
        Assert.Equal((10_007, 7), (balance.Emitted, balance.Of(CoLink.Observability.Logging.Loki.LogFate.DroppedQueue)));
    }

    [Fact]
    public async Task Without_a_road_nothing_is_enabled_and_nothing_is_made()
    {
        await using var pipeline = new LogPipeline(() => LogRoads.None(TimeProvider.System));
        var logger = new LogProvider(pipeline).CreateLogger("app");
        Assert.True(logger.IsEnabled(LogLevel.Information));

        await pipeline.OpenAsync();

        Assert.False(logger.IsEnabled(LogLevel.Critical));
        logger.LogInformation("{Broken}", new Unspeakable());
    }

    [Fact]
    public async Task The_end_delivers_what_came_early_then_ends_Loki_and_then_the_console()
    {
        var pipeline = new LogPipeline(Both);
        new LogProvider(pipeline).CreateLogger("app").LogInformation("last words");

        await pipeline.DisposeAsync();
        await pipeline.DisposeAsync();

        Assert.Equal("last words", Assert.Single(_roads.Console).Message());
        Assert.Equal(["loki", "console"], _roads.Ended);
    }

    [Fact]
    public void A_container_that_ends_synchronously_waits_for_the_end_as_well()
    {
        var pipeline = new LogPipeline(Both);
        new LogProvider(pipeline).CreateLogger("app").LogInformation("last words");
        _roads.WhileEnding = () => Task.Delay(TimeSpan.FromMilliseconds(50));

        pipeline.Dispose();

        Assert.Equal(["loki", "console"], _roads.Ended);
    }

    [Fact]
    public async Task What_is_logged_after_the_end_is_counted_and_does_not_throw()
    {
        var pipeline = new LogPipeline(Both);
        var logger = new LogProvider(pipeline).CreateLogger("app");
        logger.LogInformation("in time");
        await pipeline.DisposeAsync();

        logger.LogInformation("too late");

        var balance = _roads.Ledger.Read();
        Assert.Equal((2, 1), (balance.Emitted, balance.Of(CoLink.Observability.Logging.Loki.LogFate.DroppedShutdown)));
    }

    [Fact]
    public async Task A_pipeline_that_ends_before_its_first_event_opens_nothing_then_or_later()
    {
        var opened = false;
        var pipeline = new LogPipeline(() =>
        {
            opened = true;
            return Both();
        });
        var logger = new LogProvider(pipeline).CreateLogger("app");

        await pipeline.DisposeAsync();
        logger.LogInformation("too late");

        Assert.False(opened);
        Assert.False(logger.IsEnabled(LogLevel.Information));
    }

    [Fact]
    public async Task Two_pipelines_do_not_see_each_other()
    {
        var other = new CollectingRoads();
        await using var one = new LogPipeline(Both);
        await using var two = new LogPipeline(() => new LogRoads(other.OpenConsole(ConsoleFormat.Json, Setup()), null, TimeProvider.System));
        await one.OpenAsync();
        await two.OpenAsync();

        new LogProvider(one).CreateLogger("app").LogInformation("to one");
        await two.DisposeAsync();
        new LogProvider(one).CreateLogger("app").LogInformation("still to one");

        Assert.Empty(other.Console);
        Assert.Equal(2, _roads.Console.Count);
    }

    private LogRoads Both() => new(_roads.OpenConsole(ConsoleFormat.Json, Setup()), _roads.OpenLoki(Setup()), TimeProvider.System);

    private static RoadSetup Setup()
    {
        var options = new CoLinkObservabilityOptions().Logging;
        options.Loki.Url = "http://loki:3100";
        return new RoadSetup(options, "app", "namespace", "pod", TimeProvider.System, path => path, NullLoggerFactory.Instance);
    }

    private sealed class Unspeakable
    {
        public override string ToString() => throw new InvalidOperationException();
    }
}
