using CoLink.Observability.Kafka.Tests;
using CoLink.Observability.Monitoring.Exporters;
using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Tests.Support;
using CoLinkPlatform;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>The eight services with traffic, on a real PostgreSQL and a real Redis with their exporters, beside what is recorded.</summary>
public sealed class MonitoredPlatform : IAsyncLifetime
{
    private const string OwnDatabase = "files-service";

    private readonly CancellationTokenSource _stop = new();
    private readonly TemporaryFolder _spools = new();
    private readonly List<IAsyncDisposable> _started = [];
    private Task _traffic = Task.CompletedTask;
    private MockCluster? _kafka;

    internal RunningPlatform Services { get; private set; } = null!;

    /// <summary>Every service's but one's.</summary>
    internal PostgresServer Postgres { get; private set; } = null!;

    /// <summary>The one with an exporter, of <see cref="OwnDatabase"/> alone: a test takes it away and the others go on.</summary>
    internal PostgresServer WatchedPostgres { get; private set; } = null!;

    internal RedisServer Redis { get; private set; } = null!;

    internal Platform Platform { get; } = Committed.Platform with { Scraping = Committed.Platform.Scraping with { Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) } };

    /// <summary>Where every job is found.</summary>
    internal Dictionary<string, LiveTarget> Targets { get; } = new(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        // On a slow machine eight services, each with a pool of a hundred, wait for answers with more connections than the usual hundred.
        Postgres = await KeepAsync(PostgresServer.StartAsync(connections: 900));
        WatchedPostgres = await KeepAsync(PostgresServer.StartAsync(connections: 900));
        // With a limit, so that what is used is a part of something.
        Redis = await KeepAsync(RedisServer.StartAsync(password: null, "--maxmemory", "256mb"));
        _kafka = await MockCluster.StartAsync();
        var recorded = await KeepAsync(RecordedExporters.StartAsync());
        foreach (var job in RecordedExporters.Jobs)
            Targets[job] = new LiveTarget(recorded.Target, $"/{job}/metrics");
        // Without its server the exporter tries once more after a second, and answers only then.
        Targets[PostgresExporter.Instance.Job] = new LiveTarget((await KeepAsync(ExporterProcess.PostgresAsync(WatchedPostgres))).Target, Interval: "2s");
        Targets[RedisExporter.Instance.Job] = new LiveTarget((await KeepAsync(ExporterProcess.RedisAsync(Redis))).Target);
        Targets[NodeExporter.Instance.Job] = new LiveTarget((await KeepAsync(ExporterProcess.NodeAsync())).Target);
        Services = await KeepAsync(RunningPlatform.StartAsync(Platform, _ => FreePort.Next(), service => Settings(service, recorded)));
        foreach (var service in Services.Services)
            Targets[service.Name] = new LiveTarget(service.Address.Authority);
        _traffic = Traffic.RunAsync(Services.Services, requestsPerSecond: 10, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _traffic.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var started in Enumerable.Reverse(_started))
            await started.DisposeAsync();
        _kafka?.Dispose();
        _stop.Dispose();
        _spools.Dispose();
    }

    private IEnumerable<KeyValuePair<string, string>> Settings(Service service, RecordedExporters backends) =>
    [
        // One that is killed would leave the pipes for debuggers in the temporary folder.
        new("DOTNET_EnableDiagnostics", "0"),
        new("ConnectionStrings__Postgres", (service.Name == OwnDatabase ? WatchedPostgres : Postgres).ConnectionString()),
        new("ConnectionStrings__Redis", Redis.Address),
        // The mock of a broker lives in this process: two clients of it are enough.
        new("ConnectionStrings__Kafka", service.Name is "messaging-service" or "search-service" ? _kafka!.Address : ""),
        new("Kafka__Group", service.Name),
        new("CoLink__Observability__Logging__Loki__Url", backends.Address.AbsoluteUri),
        new("CoLink__Observability__Logging__Loki__SpoolDirectory", Path.Combine(_spools.Path, service.Name)),
        new("CoLink__Observability__Tracing__Otlp__Endpoint", backends.Address.AbsoluteUri),
        new("CoLink__Observability__Tracing__Otlp__Protocol", "HttpProtobuf"),
    ];

    private async Task<T> KeepAsync<T>(Task<T> starting)
        where T : IAsyncDisposable
    {
        var started = await starting;
        _started.Add(started);
        return started;
    }
}
