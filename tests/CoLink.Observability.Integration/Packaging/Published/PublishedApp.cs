using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Tracing.Stub;

namespace CoLink.Observability.Integration.Packaging.Published;

/// <summary>An app that was published in one way and runs, beside a Loki and a collector. Each way is tried by the same tests.</summary>
public abstract class PublishedApp(PackedLibrary library) : IAsyncLifetime
{
    public const string Switch = "COLINK_TEST_PUBLISHED";
    public const string ScrapeToken = "s3cr3t-of-the-scrape";
    public const string LokiToken = "s3cr3t-of-loki";
    public const string CollectorKey = "s3cr3t-of-the-collector";

    private const string Section = "CoLink__Observability__";

    private FreshProject? _project;
    private StubLoki? _loki;
    private StubCollector? _collector;
    private RunningProgram? _running;

    /// <summary>Why there is none; null where there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>What publishing it said.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Whether Serilog takes objects apart that are logged with <c>@</c>; else it logs their texts.</summary>
    public abstract bool TakesObjectsApart { get; }

    internal StubLoki Loki => _loki!;

    internal StubCollector Collector => _collector!;

    internal RunningProgram Running => _running!;

    protected abstract string Name { get; }

    /// <summary>For the publishing.</summary>
    protected abstract string[] Properties { get; }

    private string Folder => Path.Combine(_project!.Folder, "out");

    /// <summary>An app published as ever has the assembly, the others a program.</summary>
    private string Program => Path.Combine(Folder, _project!.Name) is var program && TakesObjectsApart ? $"{program}.dll" : program;

    public async ValueTask InitializeAsync()
    {
        Missing = Environment.GetEnvironmentVariable(Switch) != "1" ? $"Publishing takes a minute: {Switch}=1 asks for it."
            : !OperatingSystem.IsLinux() || RuntimeInformation.RuntimeIdentifier is not [.., '-', 'x', '6', '4'] ? "Only for Linux on x64."
            : Lack();
        if (Missing is not null)
            return;
        _project = await FreshProject.NewAsync(library, "web", $"Published.{Name}");
        await _project.ReferenceAsync(PackedLibrary.Id, "Microsoft.Extensions.Caching.Hybrid");
        await _project.WriteAsync("Program.cs", ShopProgram.Text);
        Said = await DotnetCli.RunAsync(_project.Folder, ["publish", "--configuration", "Release", "--runtime", "linux-x64", "--output", Folder, "-p:InvariantGlobalization=true", .. Properties]);
        (_loki, _collector) = (await StubLoki.StartAsync(), await StubCollector.StartAsync());
        var started = Stopwatch.GetTimestamp();
        _running = await StartAsync(Settings());
        _running.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ScrapeToken);
        TestContext.Current.SendDiagnosticMessage(
            "{0}: {1:0.0} MB in all, {2} of {3:0.0} MB, listens after {4:0} ms", Name, Megabytes(Directory.GetFiles(Folder, "*", SearchOption.AllDirectories)), Path.GetFileName(Program), Megabytes(Program), Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_running is not null)
            await _running.DisposeAsync();
        if (_collector is not null)
            await _collector.DisposeAsync();
        if (_loki is not null)
            await _loki.DisposeAsync();
    }

    /// <summary>Another of it.</summary>
    internal Task<RunningProgram> StartAsync(IReadOnlyDictionary<string, string?> settings) => RunningProgram.StartAsync(Program, Folder, settings);

    /// <summary>One that is not to start: its exit code and what it said.</summary>
    internal async Task<(int Code, string Output)> EndAsync(IReadOnlyDictionary<string, string?> settings)
    {
        await using var process = RunningProgram.Launch(Program, Folder, settings);
        return (await process.ExitAsync(TimeSpan.FromMinutes(1)), process.Output);
    }

    /// <summary>Keys below the library's section, as environment variables.</summary>
    internal static Dictionary<string, string?> Keys(params (string Key, string? Value)[] keys) =>
        keys.ToDictionary(key => Section + key.Key.Replace(":", "__", StringComparison.Ordinal), key => key.Value);

    /// <summary>What is not on this machine.</summary>
    protected virtual string? Lack() => null;

    /// <summary>A key of every type there is.</summary>
    private Dictionary<string, string?> Settings()
    {
        var settings = Keys(
            ("ServiceName", "shop"),
            ("ExcludedPaths:0", "/quiet*"),
            ("ExcludedPaths:1", "/health"),
            ("Metrics:AllowedNetworks", "10.0.0.0/8, 127.0.0.0/8"),
            ("Metrics:BearerToken", ScrapeToken),
            ("Metrics:SeriesLimits:shop_books_sold_total", "2"),
            ("Metrics:Meters", "Shop.*"),
            ("Metrics:IncludeStaticRegistry", "true"),
            ("Metrics:Pfad", "/scrape"),
            ("Http:PrecreatedStatuses", "500, 503"),
            ("Tracing:SamplingRatio", "1.0"),
            ("Tracing:Otlp:Endpoint", Collector.Grpc.GetLeftPart(UriPartial.Authority)),
            ("Tracing:Otlp:Protocol", "grpc"),
            ("Tracing:Otlp:Headers", $"x-key={CollectorKey}"),
            ("Logging:Console", "json"),
            ("Logging:Loki:Url", Loki.Address.GetLeftPart(UriPartial.Authority)),
            ("Logging:Loki:Tenant", "books"),
            ("Logging:Loki:BearerToken", LokiToken),
            ("Logging:Loki:Labels:region", "eu-west"),
            ("Logging:Loki:Labels:shelf", "{Shelf}"),
            ("Logging:Loki:SpoolMaxBytes", "1073741824"),
            ("Logging:Loki:WriteAhead", "false"),
            ("Logging:Loki:BatchPeriod", "00:00:00.05"));
        settings["OTEL_RESOURCE_ATTRIBUTES"] = "service.version=1.2.3";
        settings["OTEL_BSP_SCHEDULE_DELAY"] = "50";
        return settings;
    }

    private static double Megabytes(params string[] files) => files.Sum(file => new FileInfo(file).Length) / 1e6;
}
