using System.Net;
using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;

namespace CoLink.Observability.Tests.Http;

public sealed class EndpointPrecreationTests
{
    [Fact]
    public async Task The_500_of_every_method_and_template_exists_at_0_before_the_first_request()
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.MapGet("/one/{id}", (int id) => id);
            a.MapMethods("/two", ["PUT", "DELETE", "PURGE"], () => "two");
            a.Map("/any", () => "any");
        });

        Assert.Equal(
            ["GET /any 500", "GET /one/{id} 500", "POST /any 500", "PUT /two 500", "DELETE /two 500", "_OTHER /two 500"],
            await CreatedAsync(app, 6), new InAnyOrder());
    }

    [Fact]
    public async Task A_gateway_has_its_own_statuses_at_0()
    {
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/one", () => "one"),
            settings: new Dictionary<string, string?>
            {
                ["CoLink:Observability:Http:PrecreatedStatuses:0"] = "500",
                ["CoLink:Observability:Http:PrecreatedStatuses:1"] = "502",
                ["CoLink:Observability:Http:PrecreatedStatuses:2"] = "503",
                ["CoLink:Observability:Http:PrecreatedStatuses:3"] = "504",
            });

        Assert.Equal(["GET /one 500", "GET /one 502", "GET /one 503", "GET /one 504"], await CreatedAsync(app, 4), new InAnyOrder());
    }

    [Fact]
    public async Task An_endpoint_that_is_not_measured_has_nothing_at_0()
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.MapGet("/health", () => "ok");
            a.MapGet("/health/{probe}", (string probe) => probe);
            a.MapGet("/quiet", () => "quiet").DisableHttpMetrics();
            a.MapGet("/unmatchable", () => "never").WithMetadata(new SuppressMatchingMetadata());
            a.MapGet("/healthy-food", () => "salad");
            a.MapCoLinkMetrics();
        });

        Assert.Equal(["GET /healthy-food 500"], await CreatedAsync(app, 1));
    }

    [Fact]
    public async Task All_static_assets_are_one()
    {
        await using var app = await RunningApp.StartAsync(
            a =>
            {
                var manifest = Path.Combine(a.Environment.WebRootPath, "two-assets.json");
                File.WriteAllText(manifest, """
                    { "Version": 1, "ManifestType": "Publish", "Endpoints": [
                      { "Route": "a.css", "AssetFile": "a.css", "Selectors": [], "EndpointProperties": [], "ResponseHeaders": [ { "Name": "ETag", "Value": "\"a\"" } ] },
                      { "Route": "b.css", "AssetFile": "b.css", "Selectors": [], "EndpointProperties": [], "ResponseHeaders": [ { "Name": "ETag", "Value": "\"b\"" } ] } ] }
                    """);
                a.MapStaticAssets(manifest);
            },
            builder =>
            {
                builder.Environment.WebRootPath = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "assets-of-a-test")).FullName;
                builder.Environment.WebRootFileProvider = new PhysicalFileProvider(builder.Environment.WebRootPath);
            });

        Assert.Equal(["GET static 500", "HEAD static 500"], await CreatedAsync(app, 2), new InAnyOrder());
    }

    [Fact]
    public async Task An_endpoint_that_comes_later_has_its_own_at_0()
    {
        using var endpoints = new ChangingEndpoints();
        await using var app = await RunningApp.StartAsync(a => ((IEndpointRouteBuilder)a).DataSources.Add(endpoints));
        Assert.Empty(Created(await app.ScrapeAsync()));

        endpoints.Set("/late/{id}");
        Assert.Equal(["GET /late/{id} 500", "POST /late/{id} 500"], await CreatedAsync(app, 2), new InAnyOrder());

        endpoints.Set("/late/{id}", "/later");
        Assert.Equal(4, (await CreatedAsync(app, 4)).Count);
    }

    [Fact]
    public async Task Half_of_the_cap_is_left_to_what_really_happens()
    {
        await using var app = await RunningApp.StartAsync(
            a =>
            {
                for (var i = 0; i < 30; i++)
                    a.MapGet($"/route{i}", () => "route");
            },
            settings: new Dictionary<string, string?> { ["CoLink:Observability:Metrics:SeriesLimits:http_requests_total"] = "20" });

        Assert.Equal(10, (await CreatedAsync(app, 10)).Count);
        for (var i = 0; i < 30; i++)
            await app.Client.GetStringAsync($"/route{i}");
        var scrape = await app.ScrapeUntilAsync(s => s.Sum("http_requests_total") == 30);
        Assert.Equal(20, scrape.Value("http_requests_total", ("endpoint", "_other")));
    }

    [Fact]
    public async Task An_endpoint_that_cannot_be_built_fails_its_requests_and_not_the_start()
    {
        var broken = new BrokenEndpoints();
        await using var app = await RunningApp.StartAsync(a => ((IEndpointRouteBuilder)a).DataSources.Add(broken));

        using var response = await app.Client.GetAsync("/anything");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await app.ScrapeUntilAsync(s => s.Value("http_requests_total", ("endpoint", "unmatched"), ("status", "500")) == 1
            && s.Value("colink_telemetry_observer_errors_total", ("observer", "http")) > 0);
    }

    [Fact]
    public async Task A_route_without_a_counter_at_0_is_said_once()
    {
        using var endpoints = new ChangingEndpoints();
        await using var app = await RunningApp.StartAsync(
            a => ((IEndpointRouteBuilder)a).DataSources.Add(endpoints),
            settings: new Dictionary<string, string?> { ["CoLink:Observability:Metrics:SeriesLimits:http_requests_total"] = "8" });

        endpoints.Set("/a", "/b");
        Assert.Equal(4, (await CreatedAsync(app, 4)).Count);
        endpoints.Set("/b", "/a");
        Assert.Empty(app.Logs.Of(160));

        endpoints.Set("/a", "/b", "/c", "/d", "/e");
        endpoints.Set("/a", "/f");
        var line = Assert.Single(app.Logs.Of(160));
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.StartsWith("3 routes ", line.Message, StringComparison.Ordinal);
        Assert.Contains("Raise CoLink:Observability:Metrics:SeriesLimits:http_requests_total.", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_while_the_routes_are_read_is_not_lost()
    {
        var registry = NewRegistry();
        using var endpoints = new ChangingEndpoints();
        endpoints.Set("/early");
        endpoints.WhenRead = () => endpoints.Set("/early", "/late");

        using var watching = Precreation(registry, new HttpRoutes()).Watch(endpoints);

        Assert.Equal(0, registry.Find("http_requests_total")!.Read(["GET", "/late", "500"]));
    }

    [Fact]
    public void Endpoints_that_were_only_read_are_not_kept()
    {
        var routes = new HttpRoutes();
        var registry = NewRegistry();
        var read = WatchNew(Precreation(registry, routes));

        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, registry.Find("http_requests_total")!.Read(["GET", "/read", "500"]));
        Assert.False(read.IsAlive);
        GC.KeepAlive(routes);
    }

    [Fact]
    public void Endpoints_that_were_replaced_are_not_kept_either()
    {
        var routes = new HttpRoutes();
        using var endpoints = new ChangingEndpoints();
        using var watching = Precreation(NewRegistry(), routes).Watch(endpoints);
        var used = UseNew(routes);

        endpoints.Set("/new");
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(used.IsAlive);
        GC.KeepAlive(routes);
    }

    [Fact]
    public void Who_else_asks_reads_all_routes_and_all_that_come_later()
    {
        var read = new List<int>();
        var registry = NewRegistry();
        using var endpoints = new ChangingEndpoints();
        endpoints.Set("/early");
        var precreation = new EndpointPrecreation(null, new HttpRoutes(), new ExcludedPaths([]), registry, [500], NullLogger<EndpointPrecreation>.Instance)
        {
            Read = all => read.Add(all.Count),
        };

        using var watching = precreation.Watch(endpoints);
        endpoints.Set("/early", "/late");

        Assert.Equal([1, 2], read);
        Assert.Null(registry.Find("http_requests_total")?.Read(["GET", "/early", "500"]));
    }

    [Fact]
    public void Routes_that_cannot_be_watched_cost_an_error_and_not_the_start()
    {
        var registry = NewRegistry();

        Assert.Null(Precreation(registry, new HttpRoutes()).Watch(new UnwatchableEndpoints()));

        Assert.Equal(1, registry.Counter(SelfCatalogue.ObserverErrors).Read([Observers.Http]));
    }

    [Theory]
    [InlineData("500", true, 2)]
    [InlineData("500", false, 2)]
    [InlineData("", true, 2)]
    [InlineData("", false, 1)]
    public async Task A_handler_is_built_once_for_the_counters_and_the_secret_parameters_and_once_for_routing(string statuses, bool logs, int expected)
    {
        var built = 0;
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/one", () => "one").AddEndpointFilterFactory((_, next) =>
            {
                Interlocked.Increment(ref built);
                return next;
            }),
            options: o => (o.Http.PrecreatedStatuses, o.Logging.Enabled, o.Tracing.Enabled) = (statuses.Length == 0 ? [] : [500], logs, logs));
        await CreatedAsync(app, statuses.Length == 0 ? 0 : 1);
        await Eventually.IsTrue(() => Volatile.Read(ref built) == expected - 1);

        await app.Client.GetStringAsync("/one");
        await app.Client.GetStringAsync("/one");

        Assert.Equal(expected, built);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference WatchNew(EndpointPrecreation precreation)
    {
        var endpoint = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/read"), 0, null, null);
        precreation.Watch(new DefaultEndpointDataSource(endpoint))!.Dispose();
        return new WeakReference(endpoint);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseNew(HttpRoutes routes)
    {
        var endpoint = ObservedRequest.Endpoint("/used");
        routes.Of(endpoint);
        return new WeakReference(endpoint);
    }

    private static MetricRegistry NewRegistry() => new(new SeriesLimits(1_000, new Dictionary<string, int>()), NullLogger<MetricRegistry>.Instance);

    private static EndpointPrecreation Precreation(MetricRegistry registry, HttpRoutes routes) =>
        new(new HttpMetrics(registry), routes, new ExcludedPaths([]), registry, [500], NullLogger<EndpointPrecreation>.Instance);

    /// <summary>They are created beside the start, not before its end.</summary>
    private static async Task<List<string>> CreatedAsync(RunningApp app, int count) => Created(await app.ScrapeUntilAsync(scrape => Created(scrape).Count >= count));

    private static List<string> Created(Scrape scrape) =>
        [.. scrape.All("http_requests_total").Where(sample => sample.Value == 0)
            .Select(sample => $"{sample.Labels["method"]} {sample.Labels["endpoint"]} {sample.Labels["status"]}")];

    private sealed class InAnyOrder : IEqualityComparer<IEnumerable<string>>
    {
        public bool Equals(IEnumerable<string>? x, IEnumerable<string>? y) => x!.Order(StringComparer.Ordinal).SequenceEqual(y!.Order(StringComparer.Ordinal));

        public int GetHashCode(IEnumerable<string> obj) => 0;
    }

    private sealed class BrokenEndpoints : EndpointDataSource
    {
        public override IReadOnlyList<Endpoint> Endpoints => throw new InvalidOperationException("a parameter that cannot be bound");

        public override IChangeToken GetChangeToken() => NullChangeToken.Singleton;
    }

    private sealed class UnwatchableEndpoints : EndpointDataSource
    {
        public override IReadOnlyList<Endpoint> Endpoints => [];

        public override IChangeToken GetChangeToken() => throw new InvalidOperationException("a source that is not ready");
    }

    private sealed class ChangingEndpoints : EndpointDataSource, IDisposable
    {
        private CancellationTokenSource _change = new();
        private IReadOnlyList<Endpoint> _endpoints = [];

        /// <summary>Runs once, as the endpoints are read.</summary>
        public Action? WhenRead { get; set; }

        public override IReadOnlyList<Endpoint> Endpoints
        {
            get
            {
                var endpoints = _endpoints;
                var read = WhenRead;
                WhenRead = null;
                read?.Invoke();
                return endpoints;
            }
        }

        public override IChangeToken GetChangeToken() => new CancellationChangeToken(_change.Token);

        public void Set(params string[] templates)
        {
            _endpoints = [.. templates.Select(template => new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(template), 0, null, template))];
            var change = _change;
            _change = new CancellationTokenSource();
            change.Cancel();
            change.Dispose();
        }

        public void Dispose() => _change.Dispose();
    }
}
