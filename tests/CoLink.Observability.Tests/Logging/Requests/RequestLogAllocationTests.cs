using System.Diagnostics;
using CoLink.Observability.Http;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Redaction;
using CoLink.Observability.Logging.Requests;
using CoLink.Observability.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Requests;

public sealed class RequestLogAllocationTests
{
    private const int Requests = 10_000;

    /// <summary>As in a request: what the server's scopes say, and the ids of its activity.</summary>
    private static readonly KeyValuePair<string, object?>[] Scope = [new("ConnectionId", "0HN1"), new("RequestId", "0HN1:00000001"), new("RequestPath", "/hello/world")];

    [Fact]
    public async Task A_line_takes_less_than_800_bytes_of_the_requests_thread()
    {
        await using var pipeline = new LogPipeline(() => new LogRoads(new ConsoleRoad(ConsoleFormat.Json, new Nowhere(), () => 0, () => 0, () => Task.CompletedTask), null, TimeProvider.System));
        await pipeline.OpenAsync();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new LogProvider(pipeline)));
        var logger = loggers.CreateLogger(RequestLog.Category);
        var log = new RequestLog(logger, new PathRedaction(_ => false));
        using var activity = new Activity("request").Start();
        using var scope = logger.BeginScope(Scope);

        Assert.InRange(Allocated(Observed(log.Write)) / Requests, 500, 800);
    }

    [Fact]
    public void Where_nobody_listens_a_line_costs_no_allocation()
    {
        var log = new RequestLog(NullLogger.Instance, new PathRedaction(_ => false));

        Assert.InRange(Allocated(Observed(log.Write)), 0, 4_096);
    }

    [Fact]
    public async Task Where_nothing_is_written_anywhere_a_line_costs_no_allocation()
    {
        await using var pipeline = new LogPipeline(() => LogRoads.None(TimeProvider.System));
        await pipeline.OpenAsync();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new LogProvider(pipeline)));
        var log = new RequestLog(loggers.CreateLogger(RequestLog.Category), new PathRedaction(_ => false));

        Assert.InRange(Allocated(Observed(log.Write)), 0, 4_096);
    }

    private static RequestDelegate Observed(RequestFinished finished)
    {
        var registry = new MetricRegistry(SeriesLimits.Default, NullLogger.Instance);
        RequestDelegate next = _ => Task.CompletedTask;
        return new HttpObserver(next, next, new HttpMetrics(registry), new HttpRoutes(), new ExcludedPaths(["/metrics"]), registry, TimeProvider.System) { Finished = finished }.InvokeAsync;
    }

    private static long Allocated(RequestDelegate pipeline)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = "/hello/world";
        context.Features.Set<IEndpointFeature>(new Feature());
        for (var i = 0; i < 100; i++)
            Assert.True(pipeline(context).IsCompletedSuccessfully);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Requests; i++)
            Assert.True(pipeline(context).IsCompletedSuccessfully);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class Nowhere : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
        }
    }

    private sealed class Feature : IEndpointFeature
    {
        public Endpoint? Endpoint { get; set; }
    }
}
