using System.Diagnostics;
using System.Reflection;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

/// <summary>A process with a spool, which a test may kill. Ended by its id.</summary>
internal sealed class CrashProcess : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static readonly string Dll = Path.Combine(
        Golden.Root, "tests", "CoLink.Observability.LogCrash", "bin",
        typeof(CrashProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration, "net10.0", "CoLink.Observability.LogCrash.dll");

    private readonly Process _process;
    private bool _isDeaf;

    private CrashProcess(Process process) => _process = process;

    /// <param name="shell">What a shell does before it becomes the process, such as setting a limit.</param>
    /// <param name="arguments">The mode, the directory, and what the mode wants.</param>
    public static CrashProcess Start(string shell, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{shell}\nexec \"$0\" \"$@\"", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Dll, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        // The runtime maps its code through a file, which a limit of a file's size would forbid.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";

        // Killed, it would leave the pipes for debuggers in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new CrashProcess(Process.Start(start)!);
    }

    /// <summary>The next line it says; null at its end.</summary>
    public async Task<string?> LineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Bound);

    /// <summary>SIGKILL, its end, and what it had said until then.</summary>
    public async Task<List<string>> KillAsync()
    {
        _process.Kill();
        var said = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Bound);
        await _process.WaitForExitAsync().WaitAsync(Bound);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>SIGTERM, as a container gets it.</summary>
    public void Terminate() => Process.Start("/bin/sh", ["-c", $"kill -TERM {_process.Id}"]).Dispose();

    /// <summary>Nobody reads any more what it says.</summary>
    public void Deafen()
    {
        _process.StandardOutput.Close();
        _isDeaf = true;
    }

    /// <summary>Its end, its exit code, and what it had said until then.</summary>
    public async Task<(int ExitCode, List<string> Said)> EndAsync()
    {
        var said = _isDeaf ? "" : await _process.StandardOutput.ReadToEndAsync().WaitAsync(Bound);
        await _process.WaitForExitAsync().WaitAsync(Bound);
        return (_process.ExitCode, [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit(Bound);
        _process.Dispose();
    }
}
