using System.Diagnostics;
using System.Globalization;
using System.Text;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>What a case came to, in an app with the one call and in the same app without.</summary>
internal sealed class RouteResult
{
    private RouteResult(Run observed, Run bare)
    {
        Observed = observed;
        Bare = bare;
    }

    public Run Observed { get; }

    public Run Bare { get; }

    public static async Task<RouteResult> OfAsync(RouteCase route) =>
        new(await RunAsync(route, observe: true), await RunAsync(route, observe: false));

    private static async Task<Run> RunAsync(RouteCase route, bool observe)
    {
        using var trace = new Activity("case").SetIdFormat(ActivityIdFormat.W3C).Start();
        using var spans = new Spans(trace.TraceId);
        await using var app = await RunningApp.StartAsync(
            route.App,
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.None);
                builder.Services.AddSingleton<Signal>();
                spans.AddTo(builder);
                route.Builder(builder);
            },
            settings: route.Settings,
            observe: observe);
        using var client = new RouteClient(app);
        var saw = await route.Ask(client);
        var ended = await spans.WaitAsync(observe && route.IsExcluded ? 0 : route.Requests);
        trace.Stop();

        // The span of an upgraded request ends at its answer, the request itself later.
        await app.Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);
        return new Run(saw, ended, observe ? await ReadAsync(app.Services.GetRequiredService<MetricRegistry>()) : null);
    }

    /// <summary>The metrics of a host that has ended.</summary>
    private static async Task<Scrape> ReadAsync(MetricRegistry registry)
    {
        using var output = new MemoryStream();
        await registry.WriteAsync(output, openMetrics: false, TestContext.Current.CancellationToken);
        return Scrape.Parse(Encoding.UTF8.GetString(output.ToArray()));
    }

    internal sealed record Run(string Saw, IReadOnlyList<Spans.Span> Spans, Scrape? Scrape)
    {
        /// <summary>The series that counted something; those created at 0 say nothing of the case.</summary>
        public IReadOnlyList<Counted> Counted =>
        [
            .. Scrape!.All("http_requests_total").Where(sample => sample.Value > 0)
                .OrderBy(sample => sample.ToString(), StringComparer.Ordinal)
                .Select(sample => new Counted(sample.Labels["method"], sample.Labels["endpoint"], sample.Labels["status"], sample.Value)),
        ];

        public bool IsTimed(Counted counted) =>
            Scrape!.Value("http_request_duration_seconds_count", ("method", counted.Method), ("endpoint", counted.Endpoint)) > 0;

        public string Routes => Spans.Count == 0 ? "none" : string.Join(", ", Spans.Select(span => span.Route ?? "none").Distinct());
    }

    internal sealed record Counted(string Method, string Endpoint, string Status, double Requests)
    {
        public override string ToString() => $"{Method} {Endpoint} {Status} {Requests.ToString(CultureInfo.InvariantCulture)}";
    }
}
