namespace CoLink.Observability.Integration.Support;

/// <summary>Prometheus' own check of an exposition.</summary>
internal static class Promtool
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Fails with what promtool says about the text, be it an error or advice.</summary>
    public static async Task AssertCleanAsync(string exposition)
    {
        await using var promtool = ChildProcess.Start(RealServers.Promtool, ["check", "metrics"], Path.GetTempPath(), input: exposition);
        var code = await promtool.ExitAsync(Bound);
        Assert.True(code == 0 && promtool.Output.Length == 0, $"promtool ended with {code}:\n{promtool.Output}");
    }
}
