using System.Net;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Exposition;

public sealed class MappedMetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mapped_scrape_is_an_endpoint_of_the_apps_and_nothing_else_answers()
    {
        var middleware = 0;
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.Use((context, next) =>
            {
                Interlocked.Increment(ref middleware);
                return next(context);
            });
            a.MapCoLinkMetrics();
        });

        Assert.Contains("colink_build_info", await app.Client.GetStringAsync("/metrics", Cancellation), StringComparison.Ordinal);
        Assert.Equal(1, middleware);
    }

    [Fact]
    public async Task The_app_decides_who_may()
    {
        await using var app = await RunningApp.StartAsync(
            a => a.MapCoLinkMetrics().RequireAuthorization(),
            b =>
            {
                b.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie => cookie.Events.OnRedirectToLogin = context =>
                {
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                    return Task.CompletedTask;
                });
                b.Services.AddAuthorization();
            });

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app));
    }

    [Fact]
    public async Task The_app_decides_on_which_host()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapCoLinkMetrics().RequireHost("metrics.internal"));

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, host: "metrics.internal"));
    }

    [Fact]
    public async Task The_guards_of_the_configuration_apply_all_the_same()
    {
        await using var token = await RunningApp.StartAsync(a => a.MapCoLinkMetrics(), options: o => o.Metrics.BearerToken = "correct-horse-battery");
        await using var network = await RunningApp.StartAsync(a => a.MapCoLinkMetrics(), options: o => o.Metrics.AllowedNetworks = ["10.0.0.0/8"]);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token, authorization: "Bearer correct-horse-battery"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(network));
    }

    [Fact]
    public async Task A_mapped_scrape_is_no_request_of_the_apps_wherever_it_is_mapped()
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.MapGroup("/internal").MapCoLinkMetrics();
            a.MapGet("/", () => "app");
        });

        await app.Client.GetStringAsync("/", Cancellation);
        await Scrape.UntilAsync(app.Client, s => s.Value("http_requests_total", ("endpoint", "/"), ("status", "200")) == 1, "/internal/metrics");
        var scrape = await Scrape.OfAsync(app.Client, "/internal/metrics");

        Assert.Equal(1, scrape.Sum("http_requests_total"));
        Assert.DoesNotContain(scrape.Samples, sample => sample.Labels.GetValueOrDefault("endpoint")?.Contains("metrics", StringComparison.Ordinal) == true);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app));
    }

    [Fact]
    public async Task Only_get_and_head_are_mapped_and_routing_takes_a_final_slash()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapCoLinkMetrics());

        using var post = await app.Client.PostAsync("/metrics", null, Cancellation);
        using var head = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/metrics"), Cancellation);
        using var slash = await app.Client.GetAsync("/metrics/", Cancellation);
        using var sub = await app.Client.GetAsync("/metrics/sub", Cancellation);

        Assert.Equal([405, 200, 200, 404], new[] { post, head, slash, sub }.Select(response => (int)response.StatusCode));
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task Response_compression_of_the_apps_does_not_compress_twice()
    {
        await using var app = await RunningApp.StartAsync(
            a =>
            {
                a.UseResponseCompression();
                a.MapCoLinkMetrics();
            },
            b => b.Services.AddResponseCompression());
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = app.Address };

        Assert.NotNull((await Scrape.OfAsync(client)).Value("colink_build_info"));
    }

    [Fact]
    public async Task A_port_of_its_own_cannot_be_mapped()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningApp.StartAsync(a => a.MapCoLinkMetrics(), options: o => o.Metrics.Port = 9464));

        Assert.Equal("CoLink:Observability:Metrics:Port is 9464, so the metrics are served there: remove the key or the call to MapCoLinkMetrics.", exception.Message);
    }

    [Fact]
    public async Task Mapping_needs_the_one_call()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningApp.StartAsync(a => a.MapCoLinkMetrics(), observe: false));

        Assert.Equal("MapCoLinkMetrics needs builder.AddCoLinkObservability() in Program.cs, before the app is built.", exception.Message);
    }

    [Fact]
    public void Mapping_needs_an_app() => Assert.Throws<ArgumentNullException>(() => ((IEndpointRouteBuilder)null!).MapCoLinkMetrics());

    private static async Task<HttpStatusCode> StatusAsync(RunningApp app, string? host = null, string? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Host = host;
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await app.Client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
