using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using CoLink.Observability.Exposition;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Exposition;

public sealed class ScrapePolicyTests
{
    private const string Scheme = "Header";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_policy_is_evaluated_with_its_own_scheme_or_the_apps_default_one(bool names, bool isDefault)
    {
        await using var app = await StartAsync(
            services =>
            {
                if (isDefault)
                    services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(Scheme, null);
                else
                    services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(Scheme, null).AddCookie();
            },
            policy => (names ? policy.AddAuthenticationSchemes(Scheme) : policy).RequireRole("scraper"));

        Assert.Equal((401, "Header realm"), await GetAsync(app, null));
        Assert.Equal((403, ""), await GetAsync(app, "visitor"));
        Assert.Equal((200, ""), await GetAsync(app, "scraper"));
        Assert.Equal([1, 1, 1], new[] { ExpositionMetrics.Unauthorized, ExpositionMetrics.Forbidden, ExpositionMetrics.Success }.Select(outcome => Scrapes(app, outcome)));
    }

    [Fact]
    public async Task A_mapped_scrape_takes_the_user_whom_the_apps_middleware_has_found()
    {
        await using var app = await StartAsync(
            services => services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(Scheme, null),
            policy => policy.RequireRole("scraper"),
            a =>
            {
                a.UseAuthentication();
                a.UseAuthorization();
                a.MapCoLinkMetrics();
            });

        Assert.Equal(401, (await GetAsync(app, null)).Status);
        Assert.Equal(200, (await GetAsync(app, "scraper")).Status);
    }

    [Fact]
    public async Task An_app_without_a_default_scheme_answers_with_the_status_alone()
    {
        await using var app = await StartAsync(services => services.AddAuthentication().AddCookie("a").AddCookie("b"), policy => policy.RequireAuthenticatedUser());

        Assert.Equal((401, ""), await GetAsync(app, null));
    }

    [Fact]
    public async Task An_app_without_authentication_may_have_a_policy_on_anything_else()
    {
        await using var app = await StartAsync(_ => { }, policy => policy.RequireAssertion(context => ((HttpContext)context.Resource!).Request.Headers["X-Role"] == "scraper"));
        await using var closed = await StartAsync(_ => { }, policy => policy.RequireAuthenticatedUser());

        Assert.Equal(200, (await GetAsync(app, "scraper")).Status);
        Assert.Equal(401, (await GetAsync(app, null)).Status);
        Assert.Equal(401, (await GetAsync(closed, null)).Status);
    }

    [Fact]
    public async Task A_scheme_answers_in_its_own_way()
    {
        await using var app = await StartAsync(
            services => services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie => cookie.LoginPath = "/login"),
            policy => policy.RequireAuthenticatedUser());

        using var response = await app.Client.GetAsync("/metrics", Cancellation);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/login", response.Headers.Location!.AbsolutePath);
        Assert.Equal(1, Scrapes(app, ExpositionMetrics.Unauthorized));
    }

    [Fact]
    public async Task A_policy_comes_on_top_of_the_other_guards()
    {
        await using var app = await StartAsync(
            services => services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(Scheme, null),
            policy => policy.RequireRole("scraper"),
            options: o => o.Metrics.BearerToken = "correct-horse-battery");

        Assert.Equal((401, "Bearer"), await GetAsync(app, "scraper"));
        Assert.Equal((403, ""), await GetAsync(app, "visitor", "Bearer correct-horse-battery"));
        Assert.Equal((200, ""), await GetAsync(app, "scraper", "Bearer correct-horse-battery"));
    }

    [Fact]
    public async Task A_policy_that_throws_fails_the_scrape_and_nothing_else()
    {
        await using var app = await StartAsync(_ => { }, policy => policy.RequireAssertion(bool (_) => throw new InvalidOperationException("directory down")), a => a.MapGet("/", () => "app"));

        Assert.Equal((500, ""), await GetAsync(app, null));

        Assert.Equal("app", await app.Client.GetStringAsync("/", Cancellation));
        Assert.Equal(1, Scrapes(app, ExpositionMetrics.Failed));
        Assert.Equal("directory down", Assert.Single(app.Logs.Of(121)).Exception!.Message);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Category.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) && line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_policy_of_a_scoped_provider_is_found()
    {
        // The middleware that a web application adds itself takes its provider from the root, scoped or not.
        await using var app = await RunningApp.StartAsync(
            a => ((IApplicationBuilder)a).Properties["__AuthorizationMiddlewareSet"] = true,
            b =>
            {
                b.Host.UseDefaultServiceProvider(provider => provider.ValidateScopes = true);
                b.Services.AddAuthorization(o => o.AddPolicy("scrapers", policy => policy.RequireAssertion(_ => true)));
                b.Services.AddScoped<IAuthorizationPolicyProvider, DefaultAuthorizationPolicyProvider>();
            },
            o => o.Metrics.Policy = "scrapers");

        Assert.Equal((200, ""), await GetAsync(app, null));
    }

    [Fact]
    public async Task An_unknown_policy_stops_the_host()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningApp.StartAsync(builder: b => b.Services.AddAuthorization(), options: o => o.Metrics.Policy = "nobody"));

        Assert.Contains("CoLink:Observability:Metrics:Policy is 'nobody'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_nothing_could_evaluate_stops_the_host()
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => RunningApp.StartAsync(options: o => o.Metrics.Policy = "scrapers"));
        await Assert.ThrowsAsync<OptionsValidationException>(
            () => RunningApp.StartAsync(builder: b => b.Services.AddAuthorizationCore(o => o.AddPolicy("scrapers", policy => policy.RequireAssertion(_ => true))), options: o => o.Metrics.Policy = "scrapers"));
    }

    [Fact]
    public async Task A_policy_in_a_worker_stops_the_host_because_its_port_has_no_authorization()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddAuthorization(o => o.AddPolicy("scrapers", policy => policy.RequireAssertion(_ => true)));
        builder.AddCoLinkObservability(o => o.Metrics.Policy = "scrapers");
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        Assert.Contains("CoLink:Observability:Metrics:Policy is 'scrapers'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("port 9464", exception.Message, StringComparison.Ordinal);
    }

    private static Task<RunningApp> StartAsync(
        Action<IServiceCollection> authentication, Action<AuthorizationPolicyBuilder> policy, Action<WebApplication>? app = null, Action<CoLinkObservabilityOptions>? options = null) =>
        RunningApp.StartAsync(
            app,
            b =>
            {
                authentication(b.Services);
                b.Services.AddAuthorization(o => o.AddPolicy("scrapers", policy));
            },
            o =>
            {
                o.Metrics.Policy = "scrapers";
                options?.Invoke(o);
            });

    private static async Task<(int Status, string Challenge)> GetAsync(RunningApp app, string? role, string? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (role is not null)
            request.Headers.Add("X-Role", role);
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await app.Client.SendAsync(request, Cancellation);
        return ((int)response.StatusCode, response.Headers.WwwAuthenticate.ToString());
    }

    private static double? Scrapes(RunningApp app, string outcome) =>
        app.Services.GetRequiredService<MetricRegistry>().Find("colink_telemetry_scrapes_total")!.Read([outcome]);

    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-Role"].ToString() is { Length: > 0 } role
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], Scheme.Name)), Scheme.Name))
                : AuthenticateResult.NoResult());

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers.WWWAuthenticate = "Header realm";
            return Task.CompletedTask;
        }
    }
}
