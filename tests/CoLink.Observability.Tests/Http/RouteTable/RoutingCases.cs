using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Rewrite;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>How a request finds its endpoint, or does not.</summary>
internal static class RoutingCases
{
    public static IEnumerable<RouteCase> All =>
    [
        RouteCase.Get("minimal API", "/hello/world", app => app.MapGet("/hello/{name}", (string name) => name)),
        RouteCase.Get("nested groups, constraints, optional parameter given", "/api/v2/items/5f0e8a86-7a4c-4a0f-9c55-0c7a0b8a4c11", Nested),
        RouteCase.Get("nested groups, constraints, optional parameter left out", "/api/v2/items", Nested),
        RouteCase.Get("nested groups, constraint not met", "/api/vtwo/items", Nested),
        RouteCase.Get("template without a leading slash", "/plain/1", app => app.MapGet("plain/{id}", (int id) => id)),
        RouteCase.Get("root", "/", app => app.MapGet("/", () => "root")),
        RouteCase.Get("empty template", "/", app => app.MapGet("", () => "root")),
        RouteCase.Get("catch-all", "/files/a/b/c.txt", app => app.MapGet("/files/{**path}", (string path) => path)),
        RouteCase.Get("regular expression with doubled braces", "/codes/123", app => app.MapGet(@"/codes/{code:regex(^\d{{3}}$)}", (string code) => code)),
        RouteCase.Get("fallback", "/anything/at/all", app => app.MapFallback(() => "fallback")),
        RouteCase.Of("endpoint of several methods", "PUT", "/several", app => app.MapMethods("/several", ["GET", "PUT"], () => "several")),
        RouteCase.Of("endpoint of every method, unknown method", "FOO", "/any", app => app.Map("/any", () => "any")),
        new("method in lower case", "get /hello/world", app => app.MapGet("/hello/{name}", (string name) => name), client => client.RawAsync("get /hello/world HTTP/1.1")),
        RouteCase.Of("HEAD of an endpoint for GET", "HEAD", "/only-get", OnlyGet),
        RouteCase.Of("POST to an endpoint for GET", "POST", "/only-get", OnlyGet),
        RouteCase.Of("unknown method to an endpoint for GET", "FOO", "/only-get", OnlyGet),
        RouteCase.Get("unmatched", "/nowhere/1", OnlyGet),
        RouteCase.Get("host that does not match", "/hosted", app => app.MapGet("/hosted", () => "hosted").RequireHost("only.example")),
        RouteCase.Get("host that host filtering refuses", "/only-get", OnlyGet) with { Settings = new Dictionary<string, string?> { ["AllowedHosts"] = "only.example" } },
        new("media type that no endpoint accepts", "POST /typed, text/plain", app => app.MapPost("/typed", () => "typed").Accepts<string>("application/json"),
            client => client.SendAsync("POST", "/typed", request => request.Content = new StringContent("text"))),
        RouteCase.Get("path base", "/base/hello/world", app =>
        {
            app.UsePathBase("/base");
            app.UseRouting();
            app.MapGet("/hello/{name}", (string name) => name);
        }),
        RouteCase.Get("rewritten path", "/old/1", app =>
        {
            app.UseRewriter(new RewriteOptions().AddRewrite("^old/(.*)$", "new/$1", skipRemainingRules: true));
            app.MapGet("/new/{id}", (int id) => id);
        }),
        RouteCase.Get("rewritten path that another route had matched", "/old/1", app =>
        {
            app.UseRewriter(new RewriteOptions().AddRewrite("^old/(.*)$", "new/$1", skipRemainingRules: true));
            app.MapGet("/new/{id}", (int id) => id);
            app.MapGet("/{**rest}", (string rest) => rest);
        }),
        RouteCase.Get("Map branch", "/branch/1", app => app.Map("/branch", branch => branch.Run(context => context.Response.WriteAsync("branch")))),
        RouteCase.Get("Map branch with routes of its own", "/branch/items/1", app => app.Map("/branch", branch =>
        {
            branch.UseRouting();
            branch.UseEndpoints(endpoints => endpoints.MapGet("/items/{id}", (int id) => id));
        })),
        RouteCase.Get("middleware that answers before routing", "/short", app => app.Use((HttpContext context, RequestDelegate _) => context.Response.WriteAsync("short"))),
        RouteCase.Get("terminal middleware", "/short", app => app.Run(context => context.Response.WriteAsync("short"))),
        RouteCase.Get("endpoint with DisableHttpMetrics()", "/quiet", app => app.MapGet("/quiet", () => "quiet").DisableHttpMetrics()),
        RouteCase.Get("excluded path", "/health", app => app.MapGet("/health", () => "ok")) with { IsExcluded = true },
        RouteCase.Get("excluded path, below it", "/health/live", app => app.MapGet("/health/live", () => "ok")) with { IsExcluded = true },
        RouteCase.Get("excluded path under a path base", "/base/health", app =>
        {
            app.UsePathBase("/base");
            app.UseRouting();
            app.MapGet("/health", () => "ok");
        }),
        RouteCase.Get("path that only begins like an excluded one", "/healthy-food", app => app.MapGet("/healthy-food", () => "salad")),
    ];

    private static void Nested(WebApplication app) => app.MapGroup("/api/v{version:int}").MapGroup("/items").MapGet("/{id:guid?}", (Guid? id) => $"{id}");

    private static void OnlyGet(WebApplication app) => app.MapGet("/only-get", () => "got");
}
