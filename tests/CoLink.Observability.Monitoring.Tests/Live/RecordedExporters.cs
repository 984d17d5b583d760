using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>
/// Serves recorded expositions of the programs that cannot run here, each at its own path, with counters that go on by one a second where all is well; and takes what the services send to Loki and to
/// the collector, so that they have something to say about it.
/// </summary>
internal sealed partial class RecordedExporters : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RecordedExporters(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public string Target => Address.Authority;

    /// <summary>The jobs that are recorded, by the files' names.</summary>
    public static IReadOnlyList<string> Jobs { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.prom").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Golden.Root, "tests", "CoLink.Observability.Monitoring.Tests", "Live", "Fixtures");

    public static async Task<RecordedExporters> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var started = Stopwatch.GetTimestamp();
        app.MapGet("/{job}/metrics", (string job) => Jobs.Contains(job)
            ? Results.Text(GoneOn(File.ReadAllText(Path.Combine(Folder, job + ".prom")), Stopwatch.GetElapsedTime(started)), "text/plain; version=0.0.4")
            : Results.NotFound());
        app.MapPost("/loki/api/v1/push", () => Results.NoContent());
        // An empty answer of the protocol is one without refusals.
        app.MapPost("/v1/traces", () => Results.Bytes([], "application/x-protobuf"));
        await app.StartAsync();
        return new RecordedExporters(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>What is recorded stands still; a rate of it would be nothing, and a part of nothing is no number.</summary>
    private static string GoneOn(string recorded, TimeSpan since) => Counted().Replace(recorded, line =>
        $"{line.Groups["series"].Value} {(double.Parse(line.Groups["value"].Value, CultureInfo.InvariantCulture) + Math.Floor(since.TotalSeconds)).ToString(CultureInfo.InvariantCulture)}");

    /// <summary>What goes well goes on; failures stay as few as they are.</summary>
    [GeneratedRegex(@"^(?<series>(?:kafka_[a-z_]*current_offset|mongodb_ss_op[A-Za-z_]+|container_cpu_cfs_periods_total|loki_request_duration_seconds_[a-z]+)\{(?![^}]*status_code=""5)[^}]*\}) (?<value>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Counted();
}
