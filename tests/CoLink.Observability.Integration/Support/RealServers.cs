namespace CoLink.Observability.Integration.Support;

/// <summary>
/// The programs of real servers. A test that needs one which is not installed is skipped with that reason;
/// with <c>COLINK_REQUIRE_REAL=1</c> it fails. What <c>./test.sh</c> installs is the same list.
/// </summary>
internal static class RealServers
{
    public static string Prometheus => Find("prometheus");

    public static string Promtool => Find("promtool");

    private static string Find(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var path = folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (path is not null)
            return path;

        var reason = $"{program} is not installed: run ./test.sh --install, or put it on the PATH.";
        if (Environment.GetEnvironmentVariable("COLINK_REQUIRE_REAL") == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
        return program;
    }
}
