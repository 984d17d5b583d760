using System.Text.Json;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>A real Alertmanager, alone, on a free loopback port.</summary>
internal sealed partial class AlertmanagerProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private AlertmanagerProcess(TemporaryFolder folder, ChildProcess process, int port)
    {
        (_folder, _process, Target) = (folder, process, $"127.0.0.1:{port}");
        _client = new HttpClient { BaseAddress = new Uri($"http://{Target}") };
    }

    /// <summary>Host and port, as a scrape configuration has them.</summary>
    public string Target { get; }

    public string Output => _process.Output;

    public static async Task<AlertmanagerProcess> StartAsync(string configuration)
    {
        var folder = new TemporaryFolder();
        // It prints the address it was given, not the one it got.
        var port = FreePort.Next();
        var process = ChildProcess.Start(
            RealServers.Alertmanager,
            [$"--config.file={configuration}", $"--storage.path={folder.Path}", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            folder.Path);
        try
        {
            await process.LineAsync(Listening());
            return new AlertmanagerProcess(folder, process, port);
        }
        catch
        {
            await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The alerts it holds, as name, service and whether another one inhibits them.</summary>
    public async Task<IReadOnlyList<(string Name, string Service, bool Inhibited)>> AlertsAsync()
    {
        using var document = await JsonDocument.ParseAsync(await _client.GetStreamAsync("/api/v2/alerts"));
        return
        [
            .. document.RootElement.EnumerateArray().Select(alert => (
                alert.GetProperty("labels").GetProperty("alertname").GetString()!,
                alert.GetProperty("labels").TryGetProperty("service", out var service) ? service.GetString()! : "",
                alert.GetProperty("status").GetProperty("inhibitedBy").GetArrayLength() > 0)),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    [GeneratedRegex("Listening on|Listening\" address|msg=Listening")]
    private static partial Regex Listening();
}
