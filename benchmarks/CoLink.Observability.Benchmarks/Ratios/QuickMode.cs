using System.Diagnostics;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>A table in less than a minute. It judges ratios and bytes, and fails nothing: a noisy machine is no defect.</summary>
internal static class QuickMode
{
    private const string Command = "dotnet run -c Release --project benchmarks/CoLink.Observability.Benchmarks -- ratios";
    private static readonly TimeSpan HttpDuration = TimeSpan.FromSeconds(7);

    /// <param name="args">
    /// <c>further</c> measures the further packages, operations and single drivers; <c>startup</c>, <c>sockets</c>, <c>database</c> or <c>logs</c> those rows alone; <c>everything</c> a request
    /// with all signals on, in about five minutes;
    /// <c>--markdown</c> prints what stands between the markers of docs/benchmarks.md.
    /// </param>
    public static int Run(string[] args)
    {
        var markdown = args.Contains("--markdown");
        var started = Stopwatch.GetTimestamp();
        List<Row> rows = args.Contains("sockets") ? [.. SocketRatios.Measure()]
            : args.Contains("startup") ? [.. StartupRatios.Measure()]
            : args.Contains("database") ? [.. DatabaseRatios.Measure()]
            : args.Contains("logs") ? [.. LogRatios.Measure(), .. ShippingRatios.Measure()]
            : args.Contains("everything") ? EverythingRatios.Measure()
            : args.Contains("further") ? Further()
            : Core();

        var command = string.Join(' ', [Command, .. args.Where(argument => argument is "sockets" or "startup" or "database" or "logs" or "everything" or "further")]);
        Console.WriteLine(markdown ? $"Machine: {Machine.Describe()}.\nCommand: `{command}`\n" : $"{Machine.Describe()}\n{command}\n");
        Table.Print(rows, markdown);
        Tell($"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        return 0;
    }

    private static List<Row> Core()
    {
        var rows = new List<Row>();
        Tell("start-up");
        rows.AddRange(StartupRatios.Measure());
        Tell("requests");
        using (var http = new HttpRatios())
            rows.InsertRange(0, http.Measure(HttpDuration));
        Tell("request log");
        rows.AddRange(RequestLogRatios.Measure());
        Tell("caches");
        rows.AddRange(CacheRatios.Measure());
        Tell("database");
        rows.AddRange(DatabaseRatios.Measure());
        Tell("registry");
        rows.AddRange(RegistryRatios.Measure());
        Tell("sockets");
        rows.AddRange(SocketRatios.Measure());
        Tell("logs");
        rows.AddRange(LogRatios.Measure());
        return rows;
    }

    private static List<Row> Further()
    {
        var rows = new List<Row>();
        Tell("operations");
        rows.AddRange(OperationRatios.Measure());
        Tell("drivers");
        rows.AddRange(DriverRatios.Measure());
        Tell("database spans");
        rows.AddRange(SpanRatios.Measure());
        Tell("raw Redis reads");
        rows.AddRange(RedisRatios.Measure());
        Tell("Kafka");
        rows.AddRange(KafkaRatios.Measure());
        return rows;
    }

    private static void Tell(string progress) => Console.Error.WriteLine($"# {progress}");
}
