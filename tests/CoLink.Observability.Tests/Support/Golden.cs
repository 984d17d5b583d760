using System.Runtime.CompilerServices;

namespace CoLink.Observability.Tests.Support;

/// <summary>A committed file that a test writes with <c>COLINK_UPDATE_GOLDEN=1</c> and compares without.</summary>
internal static class Golden
{
    public static string Root { get; } = FindRoot();

    public static void Check(string path, string actual)
    {
        var file = Path.Combine(Root, path);
        actual = actual.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("COLINK_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
            return;
        }

        var expected = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (expected == actual)
            return;
        var (was, now) = (expected.Split('\n'), actual.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(was.Length, now.Length)).First(i => i >= was.Length || i >= now.Length || was[i] != now[i]);
        Assert.Fail($"{path} is stale at line {line + 1}. It says:\n  {was.ElementAtOrDefault(line)}\nbut it is:\n  {now.ElementAtOrDefault(line)}\nRun COLINK_UPDATE_GOLDEN=1 ./test.sh and read the diff.");
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // Deterministic builds rewrite source paths, so the output directory is the fallback.
        for (var folder = File.Exists(here) ? Path.GetDirectoryName(here) : AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "CoLink.Observability.sln")))
                return folder;
        }

        throw new DirectoryNotFoundException("CoLink.Observability.sln is not above the tests.");
    }
}
