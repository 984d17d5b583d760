using System.ComponentModel;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Support;

/// <summary>A real Redis on a free loopback port, which can be stopped, started again at the same port, and made to hang.</summary>
internal sealed partial class RedisServer : IAsyncDisposable
{
    // Their numbers on Linux, where these tests run.
    private const int Stop = 19;
    private const int Continue = 18;

    private readonly TemporaryFolder _folder = new();
    private readonly string? _password;
    private readonly string[] _arguments;
    private ChildProcess? _process;

    private RedisServer(string? password, string[] arguments)
    {
        _password = password;
        _arguments = arguments;
    }

    public int Port { get; private set; }

    /// <summary>Host and port, which is how the label <c>server</c> names it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <param name="password">What clients must say; null where anybody may.</param>
    /// <param name="arguments">More of redis-server's arguments.</param>
    public static async Task<RedisServer> StartAsync(string? password = null, params string[] arguments)
    {
        var server = new RedisServer(password, arguments);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, again at the port it had.</summary>
    public async Task StartAsync()
    {
        var program = RealServers.Redis;
        for (var attempt = 1; ; attempt++)
        {
            // It cannot choose a port itself, and another program may take this one before it does.
            var port = Port > 0 ? Port : FreePort.Next();
            string[] secured = _password is null ? [] : ["--requirepass", _password];
            _process = ChildProcess.Start(
                program,
                ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.Path, .. secured, .. _arguments],
                _folder.Path);
            try
            {
                await _process.LineAsync(Ready());
                Port = port;
                return;
            }
            catch (InvalidOperationException) when (attempt < 5 && _process.Output.Contains("Address already in use", StringComparison.Ordinal))
            {
                await _process.DisposeAsync();
            }
        }
    }

    /// <summary>Kills it: its connections break and its port refuses.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>It accepts connections and commands and answers none, until <see cref="Resume"/>.</summary>
    public void Hang() => Signal(Stop);

    public void Resume() => Signal(Continue);

    /// <summary>A section of what the server says about itself: <c>keyspace_hits</c>, <c>used_memory</c>. No client library stands between.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InfoAsync(string section)
    {
        var text = await CommandAsync("INFO", section);
        return text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1]);
    }

    /// <summary>Sends one command on a connection of its own and gives its answer, which must be a text or a number.</summary>
    public async Task<string> CommandAsync(params string[] command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        if (_password is not null)
            await AskAsync(stream, reader, ["AUTH", _password]);
        return await AskAsync(stream, reader, command);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private static async Task<string> AskAsync(NetworkStream stream, StreamReader reader, string[] command)
    {
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
        foreach (var word in command)
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()));

        var line = await reader.ReadLineAsync() ?? throw new IOException("Redis closed the connection.");
        switch (line[0])
        {
            case '$':
                var text = new char[int.Parse(line[1..], CultureInfo.InvariantCulture)];
                await reader.ReadBlockAsync(text);
                await reader.ReadLineAsync();
                return new string(text);
            case '+' or ':':
                return line[1..];
            default:
                throw new InvalidOperationException($"Redis answered {line}");
        }
    }

    private void Signal(int signal)
    {
        var process = _process ?? throw new InvalidOperationException("The server is stopped.");
        if (Kill(process.Id, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Not the program kill, which small images lack.</summary>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    [GeneratedRegex("Ready to accept connections")]
    private static partial Regex Ready();
}
