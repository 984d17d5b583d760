using CoLink.Observability.Logging;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging;

/// <summary>A pipeline whose roads keep what arrives, and a logger factory that has it as its one provider.</summary>
internal sealed class PipelineUnderTest : IAsyncDisposable
{
    private readonly LogPipeline _pipeline;

    private PipelineUnderTest(LogPipeline pipeline, CollectingRoads roads)
    {
        (_pipeline, Roads) = (pipeline, roads);
        Loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new LogProvider(pipeline)));
    }

    public ILoggerFactory Loggers { get; }

    public CollectingRoads Roads { get; }

    /// <summary>The events so far, in their order.</summary>
    public IReadOnlyCollection<LogEvent> Events => Roads.Console;

    public LogEvent Single => Assert.Single(Events);

    public ILogger Logger => Loggers.CreateLogger("app");

    public Action<Exception> OnFailure
    {
        set => _pipeline.OnFailure(value);
    }

    public static async Task<PipelineUnderTest> OpenAsync()
    {
        var roads = new CollectingRoads();
        var setup = new RoadSetup(new CoLinkObservabilityOptions().Logging, "app", "namespace", "pod", TimeProvider.System, path => path, LoggerFactory.Create(_ => { }));
        var pipeline = new LogPipeline(() => new LogRoads(roads.OpenConsole(ConsoleFormat.Json, setup), null, TimeProvider.System));
        await pipeline.OpenAsync();
        return new PipelineUnderTest(pipeline, roads);
    }

    public async ValueTask DisposeAsync()
    {
        Loggers.Dispose();
        await _pipeline.DisposeAsync();
    }
}

internal static class LogEventExtensions
{
    /// <summary>A property as Serilog shows it; null where there is none.</summary>
    public static string? Shown(this LogEvent logEvent, string name) => logEvent.Properties.GetValueOrDefault(name)?.ToString();

    public static string Message(this LogEvent logEvent) => logEvent.RenderMessage(null);
}
