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

    public static async Task<RunningProgram> StartAsync(string assembly, string folder)
    {
        var process = ChildProcess.Start(DotnetCli.Program, [assembly, "--urls", "http://127.0.0.1:0"], folder, DotnetCli.Environment);
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

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex("Now listening on: (?<address>http://127[0-9.]+:[0-9]+)")]
    private static partial Regex Listening();
}
