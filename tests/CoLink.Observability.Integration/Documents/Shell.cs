using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Documents;

/// <summary>A block of a page, given to bash as a reader gives it.</summary>
internal static class Shell
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    public static async Task<(int Code, string Output)> TryAsync(string script, string folder, params (string Name, string? Value)[] variables)
    {
        var environment = new Dictionary<string, string?>(DotnetCli.Environment);
        foreach (var (name, value) in variables)
            environment[name] = value;
        await using var shell = ChildProcess.Start("bash", ["-euo", "pipefail", "-c", script], folder, environment);
        var code = await shell.ExitAsync(Bound);
        return (code, shell.Output);
    }

    /// <summary>It must end well; what it said.</summary>
    public static async Task<string> RunAsync(string script, string folder, params (string Name, string? Value)[] variables)
    {
        var (code, output) = await TryAsync(script, folder, variables);
        Assert.True(code == 0, $"{script}\nended with {code}:\n{output}");
        return output;
    }
}
