using System.Collections.Concurrent;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Redaction;
using CoLink.Observability.Tests.Logging.Lines;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing;
using CoLink.Observability.Tests.Tracing.Stub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Redaction;

/// <summary>Paths in an app, wherever it shows them: in request lines, in other events, on spans.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ShownPathTests
{
    private const string Secret = "hunter2";

    private readonly ConcurrentQueue<string> _lines = new();

    [Fact]
    public async Task A_request_that_comes_before_the_routes_are_read_shows_no_secret_anywhere()
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await StartAsync(collector, "/reset/hunter2", "/re%73et/hunter2/", "/reset/hunter2/mistyped", "/plain/7"))
            await Eventually.IsTrue(() => RequestLines.Length == 4);

        Assert.Contains(_lines, line => line.Contains("\"message\":\"Request starting", StringComparison.Ordinal));
        Assert.Contains(_lines, line => line.Contains("\"message\":\"said by the handler", StringComparison.Ordinal));
        Assert.DoesNotContain(_lines, line => line.Contains(Secret, StringComparison.Ordinal));
        Assert.All(RequestLines, line => Assert.Equal("/[redacted]", Path(line)));
        Assert.Equal(["/reset/[redacted]", "/reset/[redacted]/", "/[redacted]", "/plain/7"], collector.Servers().Select(span => span["url.path"]));
    }

    [Fact]
    public async Task Once_they_are_read_every_event_has_its_path_without_the_secret()
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await StartAsync(collector))
        {
            await Eventually.IsTrue(() => app.Services.GetRequiredService<PathRedaction>().Redact("/plain/7") == "/plain/7");
            foreach (var path in (string[])["/reset/hunter2", "/base/reset/hunter2", "/r%65set/hunter2/mistyped", "/plain/7"])
                (await app.Client.GetAsync(path)).Dispose();
            await Eventually.IsTrue(() => RequestLines.Length == 4);
        }

        string[] shown = ["/reset/[redacted]", "/base/reset/[redacted]", "/reset/[redacted]/mistyped", "/plain/7"];
        Assert.DoesNotContain(_lines, line => line.Contains(Secret, StringComparison.Ordinal));
        Assert.Equal(shown, RequestLines.Select(Path));
        Assert.Equal(shown, collector.Servers().Select(span => span["url.path"]));
        Assert.Equal(2, _lines.Count(line => line.Contains("\"message\":\"said by the handler", StringComparison.Ordinal)));
        Assert.All(_lines.Where(line => line.Contains("said by the handler", StringComparison.Ordinal)), line => Assert.Contains("reset/[redacted]\"", line, StringComparison.Ordinal));
    }

    private string[] RequestLines => [.. _lines.Where(line => line.Contains("\"logger\":\"CoLink.Observability.Requests\"", StringComparison.Ordinal))];

    private static string Path(string line) => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("Path").GetString()!;

    /// <param name="collector">Takes the spans.</param>
    /// <param name="early">Asked for while the host is starting, one after the other.</param>
    private Task<RunningApp> StartAsync(StubCollector collector, params string[] early) => TracedApp.StartAsync(
        collector,
        app: a =>
        {
            a.UsePathBase("/base");
            a.UseRouting();
            a.MapGet("/reset/{token}", (ILogger<ShownPathTests> logger) => logger.LogInformation("said by the handler"));
            a.MapGet("/plain/{id}", () => "plain");
        },
        builder: b =>
        {
            b.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Information);
            b.Services.AddSingleton(new OpenLoki(setup => new CollectingRoads().OpenLoki(setup) with { Sink = new Writing(_lines, Written.Redactor(setup.RedactPath)) }));
            b.Services.AddHostedService(services => new EarlyRequests(services, early));
        },
        options: o => o.Logging.Loki.Url = "http://loki:3100");

    /// <summary>Each line as it is at the moment of the event.</summary>
    private sealed class Writing(ConcurrentQueue<string> lines, Redactor redactor) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => lines.Enqueue(Written.Json(logEvent, redactor));
    }

    /// <summary>Registered before the one call, so that it is told first that the server listens.</summary>
    private sealed class EarlyRequests(IServiceProvider services, string[] paths) : IHostedLifecycleService
    {
        public async Task StartedAsync(CancellationToken cancellationToken)
        {
            using var client = new HttpClient { BaseAddress = new Uri(services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
            foreach (var path in paths)
                (await client.GetAsync(path, cancellationToken)).Dispose();
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
