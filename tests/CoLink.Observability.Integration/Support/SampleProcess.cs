using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Support;

/// <summary>The built sample as a process of its own, on a free loopback port, stopped by its process id.</summary>
internal sealed partial class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    // What the machine says about where to listen or what to be must not reach the sample.
    private static readonly string[] Inherited = ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_URLS", "URLS", "HTTP_PORTS", "OTEL_", "COLINK__", "CONNECTIONSTRINGS__"];

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private SampleProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The dll beside these tests' own, of the same configuration and framework.</summary>
    public static string Dll { get; } = FindDll();

    /// <summary>Where it listens; known once it does.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public HttpClient Client { get; private set; } = new();

    public int Id => _process.Id;

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    /// <summary>Starts the sample on a free port and waits until it is ready.</summary>
    /// <param name="settings">Environment variables, such as <c>ConnectionStrings__Postgres</c>.</param>
    /// <param name="workingDirectory">Default: the system's temporary folder.</param>
    /// <param name="arguments">What stands on its command line. Default: a free loopback port.</param>
    public static async Task<SampleProcess> StartAsync(IDictionary<string, string>? settings = null, string? workingDirectory = null, params string[] arguments)
    {
        var sample = Launch(settings, workingDirectory, arguments.Length > 0 ? arguments : ["--urls", "http://127.0.0.1:0"]);
        try
        {
            await sample.BecomeReadyAsync();
            return sample;
        }
        catch
        {
            await sample.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the sample and waits for nothing: for one that is expected to end by itself.</summary>
    public static SampleProcess Launch(IDictionary<string, string>? settings = null, string? workingDirectory = null, params string[] arguments)
    {
        var start = new ProcessStartInfo(DotNet(), [Dll, .. arguments])
        {
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => Inherited.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new SampleProcess(start);
    }

    public Task<Scrape> ScrapeAsync() => Scrape.OfAsync(Client);

    public Task<Scrape> ScrapeUntilAsync(Func<Scrape, bool> satisfied) => Scrape.UntilAsync(Client, satisfied);

    /// <summary>Asks it to stop, as a terminal or an orchestrator does; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows())
                _process.Kill();
            else
                await Process.Start("kill", ["-TERM", $"{Id}"]).WaitForExitAsync();
        }

        return await WaitForExitAsync();
    }

    /// <summary>Its exit code, once it has ended and all it said has arrived.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var bound = new CancellationTokenSource(Bound);
        await _process.WaitForExitAsync(bound.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        try
        {
            await StopAsync();
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task BecomeReadyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"The sample is not ready.\n{Output}\n{Errors}");
            await Task.Delay(10);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        if (Client.BaseAddress is null)
        {
            if (Listening().Match(Output) is not { Success: true } line)
                return false;
            Address = new Uri(line.Value.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
            Client.BaseAddress = Address;
        }

        using var answer = await Client.GetAsync("/health/ready");
        return answer.IsSuccessStatusCode;
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }

    private static string FindDll()
    {
        // tests/NAME/bin/CONFIGURATION/FRAMEWORK
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var dll = Path.Combine(Golden.Root, "samples", "MessagingService", "bin", framework.Parent!.Name, framework.Name, "MessagingService.dll");
        return File.Exists(dll) ? dll : throw new FileNotFoundException("The sample is not built.", dll);
    }

    /// <summary>The host that these tests run on: it need not be on the path.</summary>
    private static string DotNet()
    {
        var host = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? Path.GetFullPath(host) : "dotnet";
    }

    [GeneratedRegex("""(?<=Now listening on: )http://[^\s"]+""")]
    private static partial Regex Listening();
}
