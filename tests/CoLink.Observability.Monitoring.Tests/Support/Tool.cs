namespace CoLink.Observability.Monitoring.Tests.Support;

/// <summary>A program run to its end.</summary>
internal static class Tool
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(8);

    /// <summary>Fails with what it said unless it ended well, and gives what it said.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output) = await TryAsync(program, arguments);
        Assert.True(code == 0, $"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with {code}:\n{output}");
        return output;
    }

    public static async Task<(int Code, string Output)> TryAsync(string program, params string[] arguments)
    {
        await using var process = ChildProcess.Start(program, arguments, Committed.Folder);
        var code = await process.ExitAsync(Bound);
        return (code, process.Output);
    }
}
