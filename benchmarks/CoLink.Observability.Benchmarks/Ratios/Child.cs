using System.Diagnostics;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>This program once more, as a child.</summary>
internal static class Child
{
    /// <summary>The runtime then optimizes what is called often at once, not after 100 ms without new code: a warm-up of seconds is enough, to the same code.</summary>
    private const string OptimizeAtOnce = "DOTNET_TC_CallCountingDelayMs";

    public static Process Start(bool warmsUp, params ReadOnlySpan<string> args)
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // Started as `dotnet x.dll`, the process is the runtime and the program is its first argument.
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        if (warmsUp)
            start.Environment[OptimizeAtOnce] = "0";
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        return Process.Start(start) ?? throw new InvalidOperationException($"{self} did not start.");
    }
}
