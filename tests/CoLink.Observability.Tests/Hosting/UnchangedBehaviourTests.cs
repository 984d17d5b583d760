using System.Net;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using CoLink.Observability.Logging;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Hosting;

/// <summary>The same app with and without the one call answers the same.</summary>
public sealed partial class UnchangedBehaviourTests
{
    private static readonly (string Method, string Path, (string Name, string Value)[] Headers)[] Requests =
    [
        ("GET", "/", []),
        ("HEAD", "/", []),
        ("POST", "/", []),
        ("FOO", "/", []),
        ("GET", "/nothing-here", []),
        ("GET", "/items/7", [("Accept-Encoding", "gzip")]),
        ("GET", "/private", []),
        ("GET", "/private", [("Authorization", "Test reader")]),
        ("GET", "/admin", [("Authorization", "Test reader")]),
        ("OPTIONS", "/items/7", [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET")]),
        ("OPTIONS", "/items/7", [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET")]),
        ("GET", "/items/7", [("Origin", "https://app.example")]),
        ("GET", "/throws", []),
        ("GET", "/throws", [("Accept", "text/plain")]),
        ("GET", "/throws-later", []),
        ("GET", "/status/418", []),
        ("GET", "/CoLink.Observability.Tests.runtimeconfig.json", []),
        ("GET", "/CoLink.Observability.Tests.runtimeconfig.json", [("Range", "bytes=0-9")]),
        ("GET", "/health", []),
        ("GET", "/socket", [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Origin", "https://evil.example"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")]),
        ("GET", "/socket", [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Origin", "https://app.example"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")]),
    ];

    public static TheoryData<string> Apps { get; } = ["plain", "exception page", "exception handler", "status pages", "https redirection"];

    [Theory]
    [MemberData(nameof(Apps))]
    public async Task Statuses_headers_and_bodies_are_the_same(string kind)
    {
        var without = await AnswersAsync(kind, observe: false);
        var with = await AnswersAsync(kind, observe: true);

        Assert.Equal(Requests.Length, without.Count);
        Assert.Equal(without, with);
    }

    [Fact]
    public async Task The_apps_addresses_stay_also_where_the_metrics_have_a_port_of_their_own()
    {
        await using var app = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0;http://[::1]:0"]).AddFor(o => o.Metrics.Port = FreePort.Next());
        await app.StartAsync();

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

        Assert.Equal(2, addresses.Count);
        Assert.Contains(addresses, address => address.StartsWith("http://127.0.0.1:", StringComparison.Ordinal));
        Assert.Contains(addresses, address => address.StartsWith("http://[::1]:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scopes_are_still_validated_in_Development()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Services.AddScoped<Scoped>();
        await using var app = builder.AddFor();

        Assert.Throws<InvalidOperationException>(() => app.Services.GetRequiredService<Scoped>());
    }

    [Fact]
    public void Services_are_still_validated_as_the_host_is_built_in_Development()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Services.AddSingleton<Scoped>().AddSingleton<NeedsWhatIsMissing>();

        Assert.Throws<AggregateException>(() => builder.AddFor());
    }

    [Fact]
    public async Task Other_logging_providers_stay_and_hear_each_event_once()
    {
        var second = new CollectingLogs();
        await using var app = await RunningApp.StartAsync(builder: b => b.Logging.AddProvider(second));

        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("app").LogInformation(new EventId(9000), "heard");

        Assert.Equal([app.Logs, second], app.Services.GetServices<ILoggerProvider>().Where(provider => provider is not LogProvider));
        Assert.Single(app.Logs.Of(9000));
        Assert.Single(second.Of(9000));
    }

    [Fact]
    public async Task The_apps_own_clock_stays()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var app = await RunningApp.StartAsync(builder: b => b.Services.AddSingleton<TimeProvider>(clock));

        Assert.Same(clock, app.Services.GetRequiredService<TimeProvider>());
    }

    private static async Task<List<string>> AnswersAsync(string kind, bool observe)
    {
        await using var app = await RunningApp.StartAsync(a => Use(a, kind), Add, observe: observe);
        var answers = new List<string>();
        foreach (var (method, path, headers) in Requests)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            answers.Add($"{method} {path} [{string.Join(", ", headers)}]\n{Comparable(await AnswerAsync(app.Client, request), app)}");
        }

        return answers;
    }

    /// <summary>Without what differs between any two runs: the port, and the number of a compiled expression in a stack trace.</summary>
    private static string Comparable(string answer, RunningApp app) =>
        CompiledExpression().Replace(answer.Replace(app.Address.Authority, "HOST", StringComparison.Ordinal), "lambda_method");

    [GeneratedRegex(@"lambda_method\d+")]
    private static partial Regex CompiledExpression();

    private static async Task<string> AnswerAsync(HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");
        var body = "a connection";
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            try
            {
                body = await response.Content.ReadAsStringAsync();
            }
            catch (HttpRequestException exception)
            {
                body = $"ends early: {exception.HttpRequestError}";
            }
        }

        return $"{(int)response.StatusCode}\n{string.Join("\n", headers)}\n\n{body}";
    }

    private static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins("https://app.example")));
        builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, TestScheme>("Test", null);
        builder.Services.AddAuthorization(options => options.AddPolicy("admin", policy => policy.RequireClaim("role", "admin")));
        builder.Services.AddResponseCompression();
        builder.Services.AddHealthChecks();
        builder.Services.AddHttpsRedirection(https => https.HttpsPort = 443);
    }

    private static void Use(WebApplication app, string kind)
    {
        if (kind == "exception page")
            app.UseDeveloperExceptionPage();
        if (kind == "exception handler")
            app.UseExceptionHandler("/error");
        if (kind == "status pages")
            app.UseStatusCodePagesWithReExecute("/error");
        if (kind == "https redirection")
            app.UseHttpsRedirection();
        app.UseResponseCompression();
        app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory) });
        app.UseCors();
        app.UseAuthentication();
        app.UseAuthorization();
        var sockets = new WebSocketOptions();
        sockets.AllowedOrigins.Add("https://app.example");
        app.UseWebSockets(sockets);
        app.MapGet("/", () => "hello");
        app.MapGet("/items/{id:int}", (int id) => Results.Json(new { id, text = new string('x', 2000) }));
        app.MapGet("/private", () => "private").RequireAuthorization();
        app.MapGet("/admin", () => "admin").RequireAuthorization("admin");
        app.MapGet("/throws", string () => throw new InvalidOperationException("thrown"));
        app.MapGet("/throws-later", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("thrown later");
        });
        app.MapGet("/status/{code:int}", (int code) => Results.StatusCode(code));
        app.MapGet("/error", (HttpContext context) => $"error page for {context.Response.StatusCode}");
        app.MapHealthChecks("/health");
        app.MapGet("/socket", async (HttpContext context) =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
                return;
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
        });
    }

    private sealed class TestScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            string? header = Request.Headers.Authorization;
            if (header is null || !header.StartsWith("Test ", StringComparison.Ordinal))
                return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new System.Security.Claims.ClaimsIdentity([new("name", header[5..])], "Test");
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new(identity), "Test")));
        }
    }

    private sealed class Scoped;

    private sealed class NeedsWhatIsMissing(IDisposable missing)
    {
        public IDisposable Missing => missing;
    }
}

internal static class BuilderExtensions
{
    /// <summary>The one call, quiet, and the app built.</summary>
    public static WebApplication AddFor(this WebApplicationBuilder builder, Action<CoLinkObservabilityOptions>? configure = null)
    {
        builder.Logging.ClearProviders();
        builder.AddCoLinkObservability(configure);
        return builder.Build();
    }
}
