using System.Diagnostics;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>This program once more, as a child.</summary>
internal static class Child
{
    public static Process Start(params ReadOnlySpan<string> args)
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // Started as `dotnet x.dll`, the process is the runtime and the program is its first argument.
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        return Process.Start(start) ?? throw new InvalidOperationException($"{self} did not start.");
    }
}
