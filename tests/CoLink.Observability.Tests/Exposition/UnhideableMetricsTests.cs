using System.Net;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Exposition;

/// <summary>Apps in which a scrape that is an endpoint among others would be hidden.</summary>
public sealed class UnhideableMetricsTests
{
    private static readonly Dictionary<string, (Action<WebApplication> App, HttpStatusCode Status, string Text)> Apps = new()
    {
        ["Run"] = (a => a.Run(context => context.Response.WriteAsync("app")), HttpStatusCode.OK, "app"),
        ["MapFallback"] = (a => a.MapFallback(() => "app"), HttpStatusCode.OK, "app"),
        ["a catch-all route"] = (a => a.Map("/{**path}", () => "app"), HttpStatusCode.OK, "app"),
        ["UseHttpsRedirection"] = (a => a.UseHttpsRedirection(), HttpStatusCode.TemporaryRedirect, ""),
        ["a header guard"] = (a => a.Use((context, next) => context.Request.Headers.ContainsKey("X-Api-Key") ? next(context) : BadRequest(context)), HttpStatusCode.BadRequest, ""),
        ["a fallback policy"] = (
            a =>
            {
                a.UseAuthentication();
                a.UseAuthorization();
                a.MapGet("/other", () => "app");
            },
            HttpStatusCode.Redirect, ""),
        ["short-circuited routes"] = (a => a.MapShortCircuit(404, "metrics", "other"), HttpStatusCode.NotFound, ""),
    };

    public static TheoryData<string> Names => [.. Apps.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_app_hides_the_metrics(string name)
    {
        var (configure, status, text) = Apps[name];
        await using var app = await RunningApp.StartAsync(
            configure,
            b =>
            {
                b.Services.AddHttpsRedirection(https => https.HttpsPort = 443);
                b.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
                b.Services.AddAuthorization(o =>
                {
                    if (name == "a fallback policy")
                        o.FallbackPolicy = new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
                });
            });

        using var other = await app.Client.GetAsync("/other", TestContext.Current.CancellationToken);
        using var metrics = await app.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal(status, other.StatusCode);
        Assert.Equal(text, await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        Assert.Contains("\ncolink_build_info{", await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static Task BadRequest(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }
}
