using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace CoLinkPlatform;

/// <summary>The sample as one service of the platform: a process that can be stopped, killed, started again and made ill.</summary>
internal sealed partial class ServiceProcess(string name, int port, IEnumerable<KeyValuePair<string, string>> settings) : IAsyncDisposable
{
    public const string Verb = "serve";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static readonly string Dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private readonly StringBuilder _output = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };
    private Process? _process;

    public string Name => name;

    /// <summary>Where it listens; after the first start it stays there.</summary>
    public Uri Address { get; private set; } = new($"http://127.0.0.1:{port}");

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What it said, since its first start.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Runs the sample in this process. Its entry point is called, so that the faults of this assembly can be loaded beside it.</summary>
    public static int Serve(string[] arguments) => (int)Assembly.Load("MessagingService").EntryPoint!.Invoke(null, [arguments])!;

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(Dotnet, ["exec", typeof(ServiceProcess).Assembly.Location, Verb, "--urls", Address.AbsoluteUri])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CoLink__Observability__ServiceName"] = name;
        start.Environment["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = typeof(Faults).Assembly.GetName().Name;
        foreach (var (key, value) in settings)
            start.Environment[key] = value;

        var said = Output.Length;
        _process?.Dispose();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Address = new Uri(await UntilAsync(() => Task.FromResult(Listening().Match(Output, said) is { Success: true } line ? line.Value : null)));
        await UntilAsync(async () => (await IsReadyAsync()) ? "" : null);
    }

    /// <summary>Makes it ill, or with <see cref="Fault.None"/> well again.</summary>
    public async Task InjectAsync(Fault fault)
    {
        using var answer = await _client.PostAsync(new Uri(Address, Fault.Path + fault.Query), content: null);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Ends it without a word, as a lost machine would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, as an orchestrator does.</summary>
    public async Task StopAsync()
    {
        if (_process is null || _process.HasExited)
            return;
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        using var bound = new CancellationTokenSource(Bound);
        await _process.WaitForExitAsync(bound.Token);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            if (IsRunning)
                await KillAsync();
            _process?.Dispose();
            _client.Dispose();
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(Address, "/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // It may have died; whoever waits says so, with what it said.
            return false;
        }
    }

    private async Task<string> UntilAsync(Func<Task<string?>> read)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await read() is { } answer)
                return answer;
            if (_process!.HasExited || Stopwatch.GetElapsedTime(started) > Bound)
                throw new InvalidOperationException($"{name} is not ready on {Address}:\n{Output}");
            await Task.Delay(20);
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
            lock (_output)
                _output.AppendLine(line.Data);
    }

    [GeneratedRegex("""(?<=Now listening on: )http://[^\s"]+""")]
    private static partial Regex Listening();
}
