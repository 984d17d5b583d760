using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>What goes wrong, and who answers for it.</summary>
internal static class ErrorCases
{
    public static IEnumerable<RouteCase> All =>
    [
        RouteCase.Get("status pages re-execute, unmatched", "/nowhere", StatusPages),
        RouteCase.Get("status pages re-execute, 404 of an endpoint", "/missing/1", StatusPages),
        RouteCase.Get("exception, handler by path", "/boom/1", app => Boom(app, () => app.UseExceptionHandler("/error"))),
        RouteCase.Get("exception, handler by lambda", "/boom/1", app => Boom(app, () => app.UseExceptionHandler(error => error.Run(context => context.Response.WriteAsync("sorry"))))),
        RouteCase.Get("exception before routing, handler by path", "/boom/1", app =>
        {
            app.UseExceptionHandler("/error");
            app.Use((HttpContext context, RequestDelegate next) => context.Request.Path == "/boom/1" ? throw new InvalidOperationException() : next(context));
            app.UseRouting();
            app.MapGet("/error", () => "sorry");
        }),
        RouteCase.Get("exception, developer page", "/boom/1", app => Boom(app, () => app.UseDeveloperExceptionPage())),
        RouteCase.Get("exception, no handler", "/boom/1", app => Boom(app, () => { })),
        RouteCase.Get("exception of an asynchronous endpoint, no handler", "/later/1", app => Boom(app, () => { })),
        RouteCase.Get("exception after the response started, no handler", "/torso", app => Boom(app, () => { })),
        RouteCase.Get("exception after the response started, handler by path", "/torso", app => Boom(app, () => app.UseExceptionHandler("/error"))),
        new("client went away, no handler", "GET /slow", app => Slow(app), client => client.AbortAsync("/slow")),
        new("client went away, handler by path", "GET /slow", app => { app.UseExceptionHandler("/error"); Slow(app); }, client => client.AbortAsync("/slow")),
        new("client went away, developer page", "GET /slow", app => { app.UseDeveloperExceptionPage(); Slow(app); }, client => client.AbortAsync("/slow")),
        new("client went away, endpoint does not mind", "GET /patient", app => Slow(app), client => client.AbortAsync("/patient")),
        Large("body over the limit, nobody catches", "/read"),
        Large("body over the limit, the endpoint catches", "/catch"),
        Large("body over the limit, bound by a minimal API", "/bound"),
        Json("malformed body, bound by a minimal API", _ => { }),
        Json("malformed body, binding throws, no handler", services => services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)),
        new("request that Kestrel refuses itself", "GET /a HTTP/9.9", app => app.MapGet("/a", () => "a"), client => client.RawAsync("GET /a HTTP/9.9")) { Requests = 0 },
    ];

    private static void StatusPages(WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute("/status/{0}");
        app.MapGet("/status/{code}", (int code) => $"status {code}");
        app.MapGet("/missing/{id}", () => Results.NotFound());
    }

    private static void Boom(WebApplication app, Action handler)
    {
        handler();
        app.MapGet("/error", () => "sorry");
        app.MapGet("/boom/{id}", (int id) => id > 0 ? throw new InvalidOperationException("boom") : "no boom");
        app.MapGet("/later/{id}", async (int id) =>
        {
            await Task.Yield();
            return id > 0 ? throw new InvalidOperationException("boom") : "no boom";
        });
        app.MapGet("/torso", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("the beginning");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("no end");
        });
    }

    private static void Slow(WebApplication app)
    {
        app.MapGet("/error", () => "sorry");
        app.MapGet("/slow", async (HttpContext context, Signal signal) =>
        {
            signal.Enter();
            await Task.Delay(RouteClient.Bound, context.RequestAborted);
        });
        app.MapGet("/patient", async (HttpContext context, Signal signal) =>
        {
            signal.Enter();
            await Task.Delay(RouteClient.Bound, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
    }

    private static RouteCase Large(string name, string path) => new(name, $"POST {path}, 100 bytes", app =>
    {
        app.MapPost("/read", async (HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null));
        app.MapPost("/catch", async (HttpContext context) =>
        {
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
            }
            catch (BadHttpRequestException refused)
            {
                context.Response.StatusCode = refused.StatusCode;
            }
        });
        app.MapPost("/bound", (Dictionary<string, string> body) => body.Count);
    }, client => client.SendAsync("POST", path, request => request.Content = new StringContent(new string(' ', 100), Encoding.UTF8, "application/json")))
    {
        Builder = builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 10),
    };

    private static RouteCase Json(string name, Action<IServiceCollection> services) => new(name, "POST /bound, {", app =>
        app.MapPost("/bound", (Dictionary<string, string> body) => body.Count),
        client => client.SendAsync("POST", "/bound", request => request.Content = new StringContent("{", Encoding.UTF8, "application/json")))
    {
        Builder = builder => services(builder.Services),
    };
}
