using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>
/// Serves recorded expositions of the programs that cannot run here, each at its own path; and takes what the services send to Loki and to
/// the collector, so that they have something to say about it.
/// </summary>
internal sealed class RecordedExporters : IAsyncDisposable
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
        app.MapGet("/{job}/metrics", (string job) => Jobs.Contains(job)
            ? Results.File(Path.Combine(Folder, job + ".prom"), "text/plain; version=0.0.4; charset=utf-8")
            : Results.NotFound());
        app.MapPost("/loki/api/v1/push", () => Results.NoContent());
        // An empty answer of the protocol is one without refusals.
        app.MapPost("/v1/traces", () => Results.Bytes([], "application/x-protobuf"));
        await app.StartAsync();
        return new RecordedExporters(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
