using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>Every case against a real Kestrel, with the one call and without; together they are the table in docs/routes.md.</summary>
public sealed class RouteTableTests(RouteTableTests.Results results) : IClassFixture<RouteTableTests.Results>
{
    private static readonly (string Title, IEnumerable<RouteCase> Cases)[] Sections =
    [
        ("Routing", RoutingCases.All),
        ("MVC and Razor Pages", MvcCases.All),
        ("Files", StaticFileCases.All),
        ("Errors", ErrorCases.All),
        ("Connections, streams and versions of HTTP", ConnectionCases.All),
        ("SignalR", SignalRCases.All),
        ("gRPC", GrpcCases.All),
    ];

    public static TheoryData<string> Names => [.. Sections.SelectMany(section => section.Cases).Select(route => route.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_client_and_its_trace_see_what_they_would_without_us(string name)
    {
        var result = await results.OfAsync(name);

        Assert.Equal(result.Bare.Saw, result.Observed.Saw);
        if (Results.Case(name).IsExcluded)
            Assert.Empty(result.Observed.Spans);
        else
            Assert.Equal(
                Results.Case(name).FailsAfterUpgrade ? result.Bare.Spans.Select(span => span with { Error = null, Code = ActivityStatusCode.Unset }) : result.Bare.Spans,
                result.Observed.Spans);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Nothing_stays_in_progress_and_nothing_is_counted_twice(string name)
    {
        var result = await results.OfAsync(name);

        var scrape = result.Observed.Scrape!;
        Assert.Equal(0, scrape.Sum("http_requests_in_progress"));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
        var counted = result.Observed.Counted.Sum(series => series.Requests);
        Assert.True(counted == result.Observed.Spans.Count || counted == 0, $"{counted} of {result.Observed.Spans.Count}");
        Assert.InRange(scrape.Sum("http_request_duration_seconds_count"), 0, counted);
    }

    [Fact]
    public async Task The_table_in_docs_is_what_happens()
    {
        var table = new StringBuilder("""
            # What each request becomes

            Written by `RouteTableTests` from requests to a real Kestrel. `method`, `endpoint` and `status` are the labels of
            `http_requests_total`; *timed* says whether the request is in `http_request_duration_seconds`; the last two columns are
            `http.route` of OpenTelemetry's span in an app without this library and with it. A test compares name, route, status and
            error of the spans and what the client saw in both apps. An excluded path makes no span. The span of a connection is its
            handshake: what fails on the connection is no error of it.

            """);
        foreach (var (title, cases) in Sections)
        {
            table.Append($"\n## {title}\n\n| case | request | method | endpoint | status | timed | client saw | route without us | with us |\n|---|---|---|---|---|---|---|---|---|\n");
            foreach (var route in cases)
                await AppendAsync(table, route);
        }

        Golden.Check("docs/routes.md", table.ToString());
    }

    private async Task AppendAsync(StringBuilder table, RouteCase route)
    {
        var (observed, bare) = await results.OfAsync(route.Name) is { } result ? (result.Observed, result.Bare) : default;
        var counted = observed.Counted is { Count: > 0 } some ? some : [new RouteResult.Counted("none", "none", "none", 0)];
        var name = route.Name;
        foreach (var series in counted)
        {
            table.Append($"| {name} | {Code(route.Request)} | {series.Method} | {Code(series.Endpoint)} | {series.Status} | ")
                .Append($"{(series.Requests == 0 ? "none" : observed.IsTimed(series) ? "yes" : "no")} | {observed.Saw} | {Code(bare.Routes)} | {Code(observed.Routes)} |\n");
            name = "the same";
        }
    }

    private static string Code(string text) => text is "none" or "" ? text : $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";

    /// <summary>Runs a case once, whichever test asks first.</summary>
    public sealed class Results
    {
        private readonly ConcurrentDictionary<string, Lazy<Task<RouteResult>>> _results = new();

        internal static RouteCase Case(string name) => Sections.SelectMany(section => section.Cases).Single(route => route.Name == name);

        internal Task<RouteResult> OfAsync(string name) => _results.GetOrAdd(name, _ => new Lazy<Task<RouteResult>>(() => RouteResult.OfAsync(Case(name)))).Value;
    }
}
