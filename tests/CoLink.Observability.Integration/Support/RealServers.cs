namespace CoLink.Observability.Integration.Support;

/// <summary>
/// The programs of real servers. A test that needs one which is not installed is skipped with that reason;
/// with <c>COLINK_REQUIRE_REAL=1</c> it fails. What <c>./test.sh</c> installs is the same list.
/// </summary>
internal static class RealServers
{
    public static string Prometheus => Find("prometheus");

    public static string Promtool => Find("promtool");

    public static string Alertmanager => Find("prometheus-alertmanager");

    public static string Amtool => Find("amtool");

    public static string PostgresExporter => Find("prometheus-postgres-exporter");

    public static string RedisExporter => Find("prometheus-redis-exporter");

    public static string NodeExporter => Find("prometheus-node-exporter");

    public static string Postgres => Find("postgres");

    public static string InitDb => Find("initdb");

    public static string Redis => Find("redis-server");

    public static string Curl => Find("curl");

    /// <summary>Debian keeps PostgreSQL's programs off the PATH, one folder a version; the newest is taken.</summary>
    private static IEnumerable<string> PostgresFolders => Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin"))
        : [];

    private static string Find(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var path = folders.Concat(PostgresFolders).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (path is not null)
            return path;

        var reason = $"{program} is not installed: run ./test.sh --install, or put it on the PATH.";
        if (Environment.GetEnvironmentVariable("COLINK_REQUIRE_REAL") == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
        return program;
    }
}
