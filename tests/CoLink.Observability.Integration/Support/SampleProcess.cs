using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Support;

/// <summary>The built sample as a process of its own, on a free loopback port, stopped by its process id.</summary>
internal sealed partial class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    // What the machine says about where to listen or what to be must not reach the sample.
    private static readonly string[] Inherited = ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_URLS", "URLS", "HTTP_PORTS", "OTEL_", "COLINK__", "CONNECTIONSTRINGS__"];

    private readonly ChildProcess _process;

    private SampleProcess(ChildProcess process) => _process = process;

    /// <summary>The dll beside these tests' own, of the same configuration and framework.</summary>
    public static string Dll { get; } = FindDll();

    /// <summary>Where it listens; known once it does.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>A body that is asked for is not sent unasked, however long a busy machine takes to answer.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler { Expect100ContinueTimeout = Bound });

    /// <summary>Standard output and standard error.</summary>
    public string Output => _process.Output;

    /// <summary>Waits until it has said this, and gives the line: what is logged comes out a moment later.</summary>
    public async Task<string> SaysAsync(string text) => (await _process.LineAsync(new Regex($".*{Regex.Escape(text)}.*"))).Value;

    /// <summary>Standard error alone.</summary>
    public string Errors => _process.Errors;

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
        var environment = new Dictionary<string, string?>();
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>())
        {
            if (Inherited.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                environment[name] = null;
        }

        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            environment[name] = value;
        return new SampleProcess(ChildProcess.Start(DotnetCli.Program, [Dll, .. arguments], workingDirectory ?? Path.GetTempPath(), environment));
    }

    public Task<Scrape> ScrapeAsync() => Scrape.OfAsync(Client);

    public Task<Scrape> ScrapeUntilAsync(Func<Scrape, bool> satisfied, [CallerArgumentExpression(nameof(satisfied))] string text = "") =>
        Scrape.UntilAsync(Client, satisfied, text: text);

    /// <summary>Asks it to stop, as a terminal or an orchestrator does; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
            await Process.Start("kill", ["-TERM", $"{_process.Id}"]).WaitForExitAsync();
        return await WaitForExitAsync();
    }

    /// <summary>Its exit code, once it has ended and all it said has arrived.</summary>
    public Task<int> WaitForExitAsync() => _process.ExitAsync(Bound);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        try
        {
            await StopAsync();
        }
        finally
        {
            await _process.DisposeAsync();
        }
    }

    private async Task BecomeReadyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > Bound)
                throw new TimeoutException($"The sample is not ready.\n{Output}");
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

    private static string FindDll()
    {
        var dll = BuiltProjects.Sample;
        return File.Exists(dll) ? dll : throw new FileNotFoundException("The sample is not built.", dll);
    }

    [GeneratedRegex("""(?<=Now listening on: )http://[^\s"]+""")]
    private static partial Regex Listening();
}
