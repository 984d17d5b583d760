using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.LogCrash;

/// <summary>A service as it stands in a container. It logs when it is told to, and ends as it is told to: the answer may never come.</summary>
internal static class Service
{
    /// <param name="settings">As on a command line: <c>--urls=…</c>.</param>
    public static async Task RunAsync(string[] settings)
    {
        var builder = WebApplication.CreateBuilder(settings);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.AddCoLinkObservability();
        var app = builder.Build();
        app.MapPost("/log/{events:int}", (int events, ILoggerFactory loggers) =>
        {
            var logger = loggers.CreateLogger("Service");
            for (var i = 0; i < events; i++)
                logger.LogInformation("event {Number}", i);
        });
        app.MapPost("/exit", () => new Thread(() => Environment.Exit(3)).Start());
        app.MapPost("/throw", () => new Thread(() => throw new InvalidOperationException("nobody caught password=hunter2")).Start());
        await app.RunAsync();
        Environment.Exit(0);
    }
}
