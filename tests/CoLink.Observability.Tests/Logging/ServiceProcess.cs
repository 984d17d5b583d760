using System.Diagnostics;
using System.Runtime.CompilerServices;
using CoLink.Observability.Tests.Logging.Loki.Spool;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging;

/// <summary>A service in a process of its own, which logs and ends as it is told to.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly CrashProcess _process;
    private readonly HttpClient _client;
    private readonly List<string> _said = [];

    private ServiceProcess(CrashProcess process, int port) => (_process, _client) = (process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Bound });

    /// <param name="loki">Where its Loki is.</param>
    /// <param name="settings">Of Loki's options, such as <c>BatchPeriod=00:01:00</c>.</param>
    public static async Task<ServiceProcess> StartAsync(Uri loki, params string[] settings)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "Needs a POSIX shell.");
        const string Logging = "--CoLink:Observability:Logging";
        var port = FreePort.Next();
        var process = CrashProcess.Start("exec 2>/dev/null", [
            "serve", $"--urls=http://127.0.0.1:{port}", $"{Logging}:Console=Json", $"{Logging}:RequestLogging=false", $"{Logging}:Loki:Url={loki}", .. settings.Select(setting => $"{Logging}:Loki:{setting}")]);
        var service = new ServiceProcess(process, port);
        while (await process.LineAsync() is { } line)
        {
            service._said.Add(line);
            if (line.Contains("Application started", StringComparison.Ordinal))
                return service;
        }

        service.Dispose();
        throw new InvalidOperationException($"It did not start: {string.Join('\n', service._said)}");
    }

    public async Task LogAsync(int events) => (await _client.PostAsync($"/log/{events}", null)).EnsureSuccessStatusCode().Dispose();

    /// <summary>It ends by this, and may not come to an answer.</summary>
    public void Tell(string ending) => _ = _client.PostAsync($"/{ending}", null).ContinueWith(answer => _ = answer.Exception, TaskScheduler.Default);

    public void Terminate() => _process.Terminate();

    public void Deafen() => _process.Deafen();

    public Task<Scrape> ScrapeUntilAsync(Func<Scrape, bool> satisfied, [CallerArgumentExpression(nameof(satisfied))] string text = "") =>
        Scrape.UntilAsync(_client, satisfied, text: text);

    /// <summary>Its exit code, and all that it said.</summary>
    public async Task<(int ExitCode, List<string> Said)> EndsWithin(TimeSpan bound, Action ending)
    {
        var started = Stopwatch.GetTimestamp();
        ending();
        var (exitCode, said) = await _process.EndAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, bound);
        return (exitCode, [.. _said, .. said]);
    }

    public void Dispose()
    {
        _client.Dispose();
        _process.Dispose();
    }
}
