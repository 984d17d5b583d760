using System.Globalization;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>One of Debian's exporters on a free loopback port.</summary>
internal sealed partial class ExporterProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _process;

    private ExporterProcess(TemporaryFolder folder, ChildProcess process, int port) => (_folder, _process, Target) = (folder, process, $"127.0.0.1:{port}");

    /// <summary>Host and port, as a scrape configuration has them.</summary>
    public string Target { get; }

    public static Task<ExporterProcess> PostgresAsync(PostgresServer server) => StartAsync(
        RealServers.PostgresExporter,
        port => [$"--web.listen-address=127.0.0.1:{port}"],
        new() { ["DATA_SOURCE_NAME"] = $"postgresql://{PostgresServer.User}@127.0.0.1:{server.Port}/postgres?sslmode=disable" });

    public static Task<ExporterProcess> RedisAsync(RedisServer server) => StartAsync(
        RealServers.RedisExporter, port => [$"-web.listen-address=127.0.0.1:{port}", $"-redis.addr=redis://{server.Address}"]);

    public static Task<ExporterProcess> NodeAsync() => StartAsync(RealServers.NodeExporter, port => [$"--web.listen-address=127.0.0.1:{port}"]);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<ExporterProcess> StartAsync(string program, Func<string, string[]> arguments, Dictionary<string, string?>? environment = null)
    {
        var folder = new TemporaryFolder();
        var port = FreePort.Next();
        var process = ChildProcess.Start(program, arguments(port.ToString(CultureInfo.InvariantCulture)), folder.Path, environment);
        try
        {
            await process.LineAsync(Listening());
            return new ExporterProcess(folder, process, port);
        }
        catch
        {
            await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    [GeneratedRegex("(?i)listening on|providing metrics at")]
    private static partial Regex Listening();
}
