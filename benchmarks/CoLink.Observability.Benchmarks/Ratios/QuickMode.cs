using System.Diagnostics;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>The whole table in less than a minute. It judges ratios and bytes, and fails nothing: a noisy machine is no defect.</summary>
internal static class QuickMode
{
    private const string Command = "dotnet run -c Release --project benchmarks/CoLink.Observability.Benchmarks -- ratios";
    private static readonly TimeSpan HttpDuration = TimeSpan.FromSeconds(10);

    /// <param name="args"><c>--markdown</c> prints what stands between the markers of docs/benchmarks.md; <c>sockets</c> or <c>database</c> measures those rows alone.</param>
    public static int Run(string[] args)
    {
        var markdown = args.Contains("--markdown");
        var started = Stopwatch.GetTimestamp();
        IEnumerable<Row>? alone = args.Contains("sockets") ? SocketRatios.Measure() : args.Contains("database") ? DatabaseRatios.Measure() : null;
        if (alone is not null)
        {
            Table.Print([.. alone], markdown);
            return 0;
        }

        var rows = new List<Row>();
        Tell("start-up");
        rows.AddRange(StartupRatios.Measure());
        Tell("requests");
        using (var http = new HttpRatios())
            rows.InsertRange(0, http.Measure(HttpDuration));
        Tell("caches");
        rows.AddRange(CacheRatios.Measure());
        Tell("database");
        rows.AddRange(DatabaseRatios.Measure());
        Tell("registry");
        rows.AddRange(RegistryRatios.Measure());
        Tell("raw Redis reads");
        rows.AddRange(RedisRatios.Measure());
        Tell("operations");
        rows.AddRange(OperationRatios.Measure());
        Tell("sockets");
        rows.AddRange(SocketRatios.Measure());
        Tell("Kafka");
        rows.AddRange(KafkaRatios.Measure());
        Tell("drivers");
        rows.AddRange(DriverRatios.Measure());

        Console.WriteLine(markdown ? $"Machine: {Machine.Describe()}.\nCommand: `{Command}`\n" : $"{Machine.Describe()}\n{Command}\n");
        Table.Print(rows, markdown);
        Tell($"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        return 0;
    }

    private static void Tell(string progress) => Console.Error.WriteLine($"# {progress}");
}
