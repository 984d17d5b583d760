using System.Text.RegularExpressions;

namespace CoLink.Observability.Integration.Support;

/// <summary>A built web application, started as its users start it, on a free loopback port.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private RunningProgram(ChildProcess process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address };
    }

    public HttpClient Client { get; }

    /// <summary>Standard output and standard error.</summary>
    public string Output => _process.Output;

    /// <summary>Waits until it has said this, and gives the line: what is logged comes out a moment later.</summary>
    public async Task<string> SaysAsync(string text) => (await _process.LineAsync(new Regex($".*{Regex.Escape(text)}.*"))).Value;

    /// <param name="program">Its dll, or a program.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="settings">Environment variables beside those of a shell.</param>
    public static async Task<RunningProgram> StartAsync(string program, string folder, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var process = Launch(program, folder, settings);
        try
        {
            var listening = await process.LineAsync(Listening());
            return new RunningProgram(process, new Uri(listening.Groups["address"].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, and does not wait: it may be one that ends.</summary>
    public static ChildProcess Launch(string program, string folder, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var environment = new Dictionary<string, string?>(DotnetCli.Environment);
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
            environment[name] = value;
        string[] arguments = ["--urls", "http://127.0.0.1:0"];
        return program.EndsWith(".dll", StringComparison.Ordinal)
            ? ChildProcess.Start(DotnetCli.Program, [program, .. arguments], folder, environment)
            : ChildProcess.Start(program, arguments, folder, environment);
    }

    /// <summary>Asks it to stop, as an orchestrator does, and waits for its end.</summary>
    public async Task<int> StopAsync(TimeSpan bound)
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        return await EndAsync(bound);
    }

    /// <summary>Waits for its end, and gives its exit code.</summary>
    public Task<int> EndAsync(TimeSpan bound) => _process.ExitAsync(bound);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex("Now listening on: (?<address>http://127[0-9.]+:[0-9]+)")]
    private static partial Regex Listening();
}
