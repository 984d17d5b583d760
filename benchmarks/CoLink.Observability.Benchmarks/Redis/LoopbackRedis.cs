using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CoLink.Observability.Benchmarks.Redis;

/// <summary>A redis-server of our own on a free loopback port.</summary>
internal sealed class LoopbackRedis : IDisposable
{
    private readonly Process _process;

    private LoopbackRedis(Process process, int port)
    {
        _process = process;
        Configuration = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port},abortConnect=false,connectTimeout=10000");
    }

    /// <summary>The client connects as soon as the server is there.</summary>
    public string Configuration { get; }

    /// <summary>Null where redis-server is not on the PATH.</summary>
    public static LoopbackRedis? TryStart()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        if (program is null)
            return null;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        string[] arguments = ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--dir", Path.GetTempPath(), "--logfile", "/dev/null"];
        return new LoopbackRedis(Process.Start(program, arguments), port);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
