using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.FileProviders;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>Files, by the middleware and as endpoints.</summary>
internal static class StaticFileCases
{
    private const string ETag = "\"tag\"";

    private static readonly DateTimeOffset Written = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<RouteCase> All =>
    [
        Files("static file", "GET /site.css", app => app.UseStaticFiles(), client => client.SendAsync("GET", "/site.css")),
        Files("static file, HEAD", "HEAD /site.css", app => app.UseStaticFiles(), client => client.SendAsync("HEAD", "/site.css")),
        Files("static file, not modified", "GET /site.css, If-Modified-Since", app => app.UseStaticFiles(),
            client => client.SendAsync("GET", "/site.css", request => request.Headers.IfModifiedSince = Written.AddDays(1))),
        Files("static file, a part", "GET /site.css, Range", app => app.UseStaticFiles(),
            client => client.SendAsync("GET", "/site.css", request => request.Headers.Range = new RangeHeaderValue(0, 1))),
        Files("static file, a part it does not have", "GET /site.css, Range", app => app.UseStaticFiles(),
            client => client.SendAsync("GET", "/site.css", request => request.Headers.Range = new RangeHeaderValue(1000, 2000))),
        Files("static file that is not there", "GET /none.css", app => app.UseStaticFiles(), client => client.SendAsync("GET", "/none.css")),
        Files("default file", "GET /", app => app.UseFileServer(), client => client.SendAsync("GET", "/")),
        Files("fallback to a file", "GET /some/client/route", app => app.MapFallbackToFile("index.html"), client => client.SendAsync("GET", "/some/client/route")),
        Files("static asset", "GET /site.css", MapAssets, client => client.SendAsync("GET", "/site.css")),
        Files("static asset, not modified", "GET /site.css, If-None-Match", MapAssets,
            client => client.SendAsync("GET", "/site.css", request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(ETag)))),
        Files("static asset that is not there", "GET /none.css", MapAssets, client => client.SendAsync("GET", "/none.css")),
    ];

    private static RouteCase Files(string name, string request, Action<WebApplication> app, Func<RouteClient, Task<string>> ask) => new(name, request, app, ask)
    {
        Builder = builder =>
        {
            builder.Environment.WebRootPath = Folder();
            builder.Environment.WebRootFileProvider = new PhysicalFileProvider(builder.Environment.WebRootPath);
        },
    };

    /// <summary>With a manifest as publishing writes it.</summary>
    private static void MapAssets(WebApplication app)
    {
        var manifest = Path.Combine(app.Environment.WebRootPath, "assets.json");
        File.WriteAllText(manifest, $$"""
            {
              "Version": 1, "ManifestType": "Publish",
              "Endpoints": [
                {
                  "Route": "site.css", "AssetFile": "site.css", "Selectors": [], "EndpointProperties": [],
                  "ResponseHeaders": [
                    { "Name": "Content-Length", "Value": "7" }, { "Name": "Content-Type", "Value": "text/css" },
                    { "Name": "ETag", "Value": {{System.Text.Json.JsonSerializer.Serialize(ETag)}} },
                    { "Name": "Last-Modified", "Value": "Thu, 01 Jan 2026 00:00:00 GMT" }
                  ]
                }
              ]
            }
            """);
        app.MapStaticAssets(manifest);
    }

    private static string Folder()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot-of-a-test");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "site.css"), "body {}");
        File.SetLastWriteTimeUtc(Path.Combine(folder, "site.css"), Written.UtcDateTime);
        File.WriteAllText(Path.Combine(folder, "index.html"), "<p>index</p>");
        return folder;
    }
}
