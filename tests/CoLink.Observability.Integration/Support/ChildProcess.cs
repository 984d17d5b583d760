using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Integration.Support;

/// <summary>A program started by a test and ended with it, by its id.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<string> _errors = [];

    private ChildProcess(Process process) => _process = process;

    /// <summary>Standard output and standard error, in the order they came.</summary>
    public string Output => Text(_lines);

    /// <summary>Standard error alone.</summary>
    public string Errors => Text(_errors);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <param name="program">Its path, or its name on the PATH.</param>
    /// <param name="arguments">Passed as they are, without a shell.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">Changes to this process' environment; null takes a variable away.</param>
    /// <param name="input">What it reads on standard input.</param>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string?>? environment = null, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += child.Keep;
        child._process.ErrorDataReceived += child.Keep;
        child._process.ErrorDataReceived += child.KeepError;
        child._process.Start();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        child._process.StandardInput.Write(input);
        child._process.StandardInput.Close();
        return child;
    }

    /// <summary>Waits for a line of its output.</summary>
    public Task<Match> LineAsync(Regex pattern, TimeSpan? bound = null) => Wait.ForAsync(
        async () =>
        {
            var exited = _process.HasExited;
            if (pattern.Match(Output) is { Success: true } match)
                return match;
            if (!exited)
                return null;

            // What it said last arrives after its end.
            await _process.WaitForExitAsync();
            return pattern.Match(Output) is { Success: true } last ? last : throw new InvalidOperationException($"{Describe()} ended without '{pattern}':\n{Output}");
        },
        () => $"'{pattern}' from {Describe()}, which said:\n{Output}",
        bound);

    /// <summary>Waits for its end and gives its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan bound)
    {
        using var cancellation = new CancellationTokenSource(bound);
        try
        {
            await _process.WaitForExitAsync(cancellation.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Describe()} did not end within {bound.TotalSeconds} s:\n{Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string Describe() => $"{Path.GetFileName(_process.StartInfo.FileName)} {string.Join(' ', _process.StartInfo.ArgumentList)}";

    private void Keep(object sender, DataReceivedEventArgs line) => Add(_lines, line.Data);

    private void KeepError(object sender, DataReceivedEventArgs line) => Add(_errors, line.Data);

    private static void Add(List<string> lines, string? line)
    {
        if (line is null)
            return;
        lock (lines)
            lines.Add(line);
    }

    private static string Text(List<string> lines)
    {
        lock (lines)
            return string.Join('\n', lines);
    }
}
