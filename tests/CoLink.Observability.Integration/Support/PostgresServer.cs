using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Support;

/// <summary>
/// A real PostgreSQL on a free loopback port, its data in a temporary folder. It can be stopped, killed and started again, and keeps
/// its port and its data. It refuses to run as root, so under root it runs as the user postgres, who then owns the folder.
/// </summary>
internal sealed partial class PostgresServer : IAsyncDisposable
{
    public const string User = "postgres";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly string? _password;
    private readonly int _connections;
    private ChildProcess? _process;

    private PostgresServer(string? password, int connections) => (_password, _connections) = (password, connections);

    public int Port { get; } = FreePort.Next();

    public string Output => _process?.Output ?? "";

    private string Data => Path.Combine(_folder.Path, "data");

    /// <param name="password">Null lets everybody in; else the user <see cref="User"/> must give it, and the server checks it by SCRAM.</param>
    /// <param name="connections">How many it takes at once; a hundred is its own default.</param>
    public static async Task<PostgresServer> StartAsync(string? password = null, int connections = 100)
    {
        _ = (RealServers.InitDb, RealServers.Postgres);
        var server = new PostgresServer(password, connections);
        try
        {
            await server.InitializeAsync();
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>For Npgsql. The password is the server's unless another is given.</summary>
    public string ConnectionString(string database = "postgres", string? password = null, string further = "") =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username={User};Database={database};{Password(password ?? _password)}{further}");

    /// <summary>Starts it after <see cref="StopAsync"/> or <see cref="KillAsync"/>, and waits until it accepts.</summary>
    public async Task StartAgainAsync()
    {
        // After a kill its orphans may hold the shared memory for a moment, and it does not start beside them.
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            _process = Run(RealServers.Postgres, "-D", Data, "-k", _folder.Path, "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", string.Create(CultureInfo.InvariantCulture, $"max_connections={_connections}"));
            var line = await _process.LineAsync(ReadyOrNot());
            if (line.Groups["ready"].Success)
                return;
            await _process.ExitAsync(Bound);
            if (Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"PostgreSQL did not start again:\n{_process.Output}");
            await _process.DisposeAsync();
            await Task.Delay(50);
        }
    }

    /// <summary>A fast shutdown: sessions are ended, and their clients are told.</summary>
    public Task StopAsync() => SignalAsync("INT");

    /// <summary>Its end without a word.</summary>
    public Task KillAsync() => SignalAsync("KILL");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await StopAsync();
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task InitializeAsync()
    {
        if (Environment.UserName == "root")
        {
            await using var chown = ChildProcess.Start("chown", [User, _folder.Path], _folder.Path);
            await EndsWellAsync(chown);
        }

        var passwords = _folder.Write("password", _password ?? "");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(passwords, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        string[] authentication = _password is null ? ["--auth=trust"] : ["--auth=scram-sha-256", $"--pwfile={passwords}"];
        await using var initdb = Run(RealServers.InitDb, ["-D", Data, "-U", User, "--encoding=UTF8", "--locale=C", "--no-sync", .. authentication]);
        await EndsWellAsync(initdb);
    }

    private ChildProcess Run(string program, params string[] arguments)
    {
        var english = new Dictionary<string, string?> { ["LC_ALL"] = "C" };
        return Environment.UserName == "root"
            ? ChildProcess.Start("runuser", ["-u", User, "--", program, .. arguments], _folder.Path, english)
            : ChildProcess.Start(program, arguments, _folder.Path, english);
    }

    /// <summary>Between us and the server there may be a runuser: the server's own id stands in its lock file.</summary>
    private async Task SignalAsync(string signal)
    {
        var lockFile = Path.Combine(Data, "postmaster.pid");
        var id = (await File.ReadAllLinesAsync(lockFile))[0];
        await using var kill = ChildProcess.Start("kill", [$"-{signal}", id], _folder.Path);
        await EndsWellAsync(kill);
        await _process!.ExitAsync(Bound);
    }

    private static async Task EndsWellAsync(ChildProcess process)
    {
        var code = await process.ExitAsync(Bound);
        if (code != 0)
            throw new InvalidOperationException($"It ended with {code}:\n{process.Output}");
    }

    private static string Password(string? password) => password is null ? "" : $"Password={password};";

    [GeneratedRegex("(?<ready>database system is ready to accept connections)|FATAL:")]
    private static partial Regex ReadyOrNot();
}
