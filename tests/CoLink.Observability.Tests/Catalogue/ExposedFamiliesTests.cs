using System.Text.RegularExpressions;
using CoLink.Observability.Business;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Logging;
using CoLink.Observability.Tests.Database;
using CoLink.Observability.Tests.Logging;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CoLink.Observability.Tests.Catalogue;

/// <summary>The catalogue and /metrics say the same.</summary>
[Collection(nameof(ProcessWide))]
public sealed partial class ExposedFamiliesTests
{
    /// <summary>What the further packages fill; each has such a test among its own.</summary>
    private static readonly MetricDefinition[] OfFurtherPackages = [CacheCatalogue.MemoryUsed, CacheCatalogue.Reachable, .. KafkaCatalogue.All];

    [Fact]
    public async Task Every_metric_of_the_catalogue_that_is_filled_is_exposed_by_an_app_with_everything_on_and_no_other()
    {
        var port = FreePort.Next();
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/hello", () => "hello"),
            b =>
            {
                b.Services.AddDistributedMemoryCache();
                new CollectingRoads { LastSuccess = DateTimeOffset.UnixEpoch, Spool = new SpoolRoom("/spool", () => 0, 1) }.Bring(b.Services);
                b.Services.AddHealthChecks();
            },
            options: o =>
            {
                o.Metrics.Port = port;
                o.Metrics.IncludeStaticRegistry = false;
                (o.Logging.Console, o.Logging.Loki.Url) = (ConsoleFormat.Json, "http://loki:3100");
                o.Tracing.Otlp.Endpoint = $"http://127.0.0.1:{FreePort.Next()}";
            });
        app.Services.GetRequiredService<BusinessMetrics>();
        app.Services.GetRequiredService<IDistributedCache>().Get("nothing");
        app.Services.GetRequiredService<Operations>().Start("checkout").Dispose();
        await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        using var npgsql = UsedNpgsql();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await app.Client.GetStringAsync("/hello");
        await Scrape.UntilAsync(client, s => s.Value("http_requests_total", ("endpoint", "/hello"), ("status", "200")) == 1 && s.Sum("colink_telemetry_scrape_bytes") > 0);

        var families = Type().Matches(await client.GetStringAsync("/metrics")).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["type"].Value);

        var filled = MetricCatalogue.All.Except(OfFurtherPackages).Where(metric => metric.Stability == MetricStability.Stable).ToDictionary(metric => metric.Name, metric => metric.Kind.ToString().ToLowerInvariant());
        Assert.Equal(filled.OrderBy(metric => metric.Key, StringComparer.Ordinal), families.OrderBy(family => family.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_metric_has_the_help_and_the_labels_of_the_catalogue()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/hello", () => "hello"), b => b.Services.AddDistributedMemoryCache());
        app.Services.GetRequiredService<BusinessMetrics>();
        app.Services.GetRequiredService<IDistributedCache>().Get("nothing");
        app.Services.GetRequiredService<Operations>().Start("checkout").Dispose();
        using var npgsql = UsedNpgsql();
        await app.Client.GetStringAsync("/hello");
        var scrape = await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "/hello"), ("status", "200")) == 1);
        var known = MetricCatalogue.All.ToDictionary(metric => metric.Name);

        Assert.All(Help().Matches(scrape.Text).Where(match => known.ContainsKey(match.Groups["name"].Value)), match =>
            Assert.Equal(known[match.Groups["name"].Value].Help, match.Groups["help"].Value));
        Assert.All(scrape.Samples, sample =>
        {
            var metric = known[Suffix().Replace(sample.Name, "") is var family && known.ContainsKey(family) ? family : sample.Name];
            Assert.Equal(metric.Labels.Select(label => label.Name).Order(), sample.Labels.Keys.Where(name => name != "le").Order());
        });
    }

    /// <summary>A driver that has done all that the database family tells.</summary>
    private static FakeNpgsql UsedNpgsql()
    {
        var npgsql = new FakeNpgsql().Publish();
        npgsql.Pools.Add(new FakeNpgsql.FakePool("Host=h;Database=orders", Busy: 1, Idle: 1));
        npgsql.Run("SELECT 1");
        return npgsql;
    }

    [GeneratedRegex("^# TYPE (?<name>\\S+) (?<type>\\S+)$", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex("^# HELP (?<name>\\S+) (?<help>.+)$", RegexOptions.Multiline)]
    private static partial Regex Help();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Suffix();
}
