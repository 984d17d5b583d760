using System.Net;
using CoLink.Observability.Exposition;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Exposition;

public sealed class ScrapeGuardTests
{
    private const int PublicAddress = 120;
    private const string Token = "correct-horse-battery";
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Bearer " + Token, 200)]
    [InlineData("Bearer wrong-horse-battery", 401)]
    [InlineData(null, 401)]
    public async Task A_bearer_token_opens_the_scrape(string? authorization, int status)
    {
        await using var app = await RunningApp.StartAsync(options: o => o.Metrics.BearerToken = Token);

        using var response = await GetAsync(app, authorization);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 401 ? ["Bearer"] : [], response.Headers.WwwAuthenticate.Select(challenge => challenge.ToString()));
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal(status == 401 ? 1 : 0, Scrapes(app, ExpositionMetrics.Unauthorized));
        if (status == 401)
            Assert.Empty(await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("größe", "pass:wörd:日本語", 200)]
    [InlineData("größe", "pass:word:日本語", 401)]
    [InlineData("grosse", "pass:wörd:日本語", 401)]
    public async Task A_basic_user_opens_the_scrape(string user, string password, int status)
    {
        await using var app = await RunningApp.StartAsync(options: o => (o.Metrics.BasicUser, o.Metrics.BasicPassword) = ("größe", "pass:wörd:日本語"));

        using var response = await GetAsync(app, CredentialsTests.Basic(user, password));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 401 ? ["Basic realm=\"metrics\", charset=\"UTF-8\""] : [], response.Headers.WwwAuthenticate.Select(challenge => challenge.ToString()));
    }

    [Fact]
    public async Task Malformed_basic_credentials_are_401()
    {
        await using var app = await RunningApp.StartAsync(options: o => (o.Metrics.BasicUser, o.Metrics.BasicPassword) = ("prometheus", "hunter2-hunter2"));

        using var response = await GetAsync(app, "Basic %%%");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_user_with_a_colon_stops_the_host()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => RunningApp.StartAsync(options: o => (o.Metrics.BasicUser, o.Metrics.BasicPassword) = ("prome:theus", "hunter2-hunter2")));

        Assert.Contains("CoLink:Observability:Metrics:BasicUser is 'prome:theus'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_and_user_together_are_both_needed()
    {
        await using var app = await RunningApp.StartAsync(options: o => (o.Metrics.BearerToken, o.Metrics.BasicUser, o.Metrics.BasicPassword) = (Token, "prometheus", "hunter2-hunter2"));
        var (bearer, basic) = ($"Authorization: Bearer {Token}", $"Authorization: {CredentialsTests.Basic("prometheus", "hunter2-hunter2")}");

        using var both = await RawScrape.SendAsync(app.Address, bearer, basic);
        using var bearerOnly = await RawScrape.SendAsync(app.Address, bearer);
        using var basicOnly = await RawScrape.SendAsync(app.Address, basic);

        Assert.Equal(200, await both.StatusAsync(Cancellation));
        Assert.Equal(401, await bearerOnly.StatusAsync(Cancellation));
        Assert.Equal(401, await basicOnly.StatusAsync(Cancellation));
    }

    [Theory]
    [InlineData("10.0.0.0/8", 403)]
    [InlineData("127.0.0.0/8", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("127.0.0.2", 403)]
    [InlineData("::ffff:127.0.0.1", 200)]
    [InlineData("::1", 403)]
    public async Task Only_an_allowed_network_may_scrape(string network, int status)
    {
        await using var app = await RunningApp.StartAsync(a => a.MapGet("/", () => "app"), options: o => o.Metrics.AllowedNetworks = [network]);

        using var response = await GetAsync(app);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 403 ? 1 : 0, Scrapes(app, ExpositionMetrics.Forbidden));
        Assert.Equal("app", await app.Client.GetStringAsync("/", Cancellation));
    }

    [Theory]
    [InlineData("127.0.0.0/8", "127.0.0.1", 200)]
    [InlineData("::1", "[::1]", 200)]
    [InlineData("10.0.0.0/8", "127.0.0.1", 403)]
    [InlineData("127.0.0.0/8", "[::1]", 403)]
    public async Task A_peer_on_a_dual_stack_socket_counts_as_what_it_is(string network, string host, int status)
    {
        Assert.SkipUnless(System.Net.Sockets.Socket.OSSupportsIPv6, "No IPv6 here.");
        await using var app = await RunningApp.StartAsync(
            builder: b => b.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.IPv6Any, 0)), options: o => o.Metrics.AllowedNetworks = [network]);
        var dual = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last());

        using var response = await app.Client.GetAsync($"http://{host}:{dual.Port}/metrics", Cancellation);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_forwarded_header_opens_nothing(bool isMapped)
    {
        await using var app = await RunningApp.StartAsync(
            a =>
            {
                a.UseForwardedHeaders();
                a.MapGet("/peer", (HttpContext context) => context.Connection.RemoteIpAddress!.ToString());
                if (isMapped)
                    a.MapCoLinkMetrics();
            },
            b => b.Services.Configure<ForwardedHeadersOptions>(o => o.ForwardedHeaders = Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.All),
            o => o.Metrics.AllowedNetworks = ["10.0.0.0/8"]);

        using var response = await GetAsync(app, forwardedFor: "10.1.2.3");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("10.1.2.3", await BodyAsync(app, "/peer", "10.1.2.3"));
    }

    [Fact]
    public async Task A_network_and_a_token_are_both_needed()
    {
        await using var app = await RunningApp.StartAsync(options: o => (o.Metrics.BearerToken, o.Metrics.AllowedNetworks) = (Token, ["127.0.0.1"]));
        await using var foreign = await RunningApp.StartAsync(options: o => (o.Metrics.BearerToken, o.Metrics.AllowedNetworks) = (Token, ["10.0.0.0/8"]));

        using var right = await GetAsync(app, $"Bearer {Token}");
        using var withoutToken = await GetAsync(app);
        using var fromElsewhere = await GetAsync(foreign, $"Bearer {Token}");

        Assert.Equal([200, 401, 403], [(int)right.StatusCode, (int)withoutToken.StatusCode, (int)fromElsewhere.StatusCode]);
    }

    [Fact]
    public async Task The_first_scrape_from_a_public_address_without_a_guard_is_warned_of_once()
    {
        await using var app = await RunningApp.StartAsync();

        foreach (var peer in new[] { "127.0.0.1", "10.1.2.3", "::ffff:192.168.1.1", "fd00::1" })
            await ScrapeFromAsync(app, peer);
        Assert.Empty(app.Logs.Of(PublicAddress));
        foreach (var peer in new[] { "203.0.113.9", "203.0.113.9", "198.51.100.7" })
            await ScrapeFromAsync(app, peer);

        Assert.Contains("203.0.113.9", Assert.Single(app.Logs.Of(PublicAddress)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("user")]
    [InlineData("networks")]
    [InlineData("policy")]
    public async Task Any_guard_silences_the_warning(string guard)
    {
        await using var app = await RunningApp.StartAsync(
            builder: b => b.Services.AddAuthorization(o => o.AddPolicy("all", policy => policy.RequireAssertion(_ => true))),
            options: o =>
            {
                o.Metrics.BearerToken = guard == "token" ? Token : null;
                (o.Metrics.BasicUser, o.Metrics.BasicPassword) = guard == "user" ? ("prometheus", "hunter2-hunter2") : (null, null);
                o.Metrics.AllowedNetworks = guard == "networks" ? ["0.0.0.0/0"] : null;
                o.Metrics.Policy = guard == "policy" ? "all" : null;
            });

        var refused = await ScrapeFromAsync(app, "203.0.113.9", guard switch { "token" => $"Bearer {Token}", "user" => CredentialsTests.Basic("prometheus", "hunter2-hunter2"), _ => null });

        Assert.Null(refused);
        Assert.Empty(app.Logs.Of(PublicAddress));
    }

    private static async Task<string?> ScrapeFromAsync(RunningApp app, string peer, string? authorization = null)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Headers.Authorization = authorization;
        return await app.Services.GetRequiredService<ScrapeGuard>().RefuseAsync(context);
    }

    private static async Task<string> BodyAsync(RunningApp app, string path, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Forwarded-For", forwardedFor } } };
        using var response = await app.Client.SendAsync(request, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<HttpResponseMessage> GetAsync(RunningApp app, string? authorization = null, string? forwardedFor = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        return await app.Client.SendAsync(request, Cancellation);
    }

    private static double? Scrapes(RunningApp app, string outcome) =>
        app.Services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_scrapes_total")!.Read([outcome]);
}
