using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>A small web application on Kestrel in a fresh process: prints the milliseconds from its builder until it has started, and until it has answered once, and the CPU that the process has taken by then.</summary>
internal static class StartupChild
{
    public const string Verb = "startup";
    public const string Ours = "colink";
    public const string Bare = "bare";

    public static async Task<int> RunAsync(string[] args)
    {
        var started = Stopwatch.GetTimestamp();
        var builder = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"]);

        builder.Logging.ClearProviders();
        if (args[0] == Ours)
            builder.AddCoLinkObservability();
        var app = builder.Build();
        app.MapGet("/", () => "hello");
        await app.StartAsync();
        var listening = Stopwatch.GetElapsedTime(started);
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri(app.Urls.First()));
        var answered = Stopwatch.GetElapsedTime(started);
        var cpu = Environment.CpuUsage.TotalTime;
        await app.StopAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{listening.TotalMilliseconds:F2} {answered.TotalMilliseconds:F2} {cpu.TotalMilliseconds:F2}"));
        return 0;
    }
}
