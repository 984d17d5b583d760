using CoLink.Observability.TestPages;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>Controllers and pages.</summary>
internal static class MvcCases
{
    public static IEnumerable<RouteCase> All =>
    [
        Mvc("attribute route, no leading slash", "/attributed/get/1"),
        Mvc("attribute route with tokens", "/Attributed/Token"),
        Mvc("attribute route from the root", "/absolute/1"),
        Mvc("model that is not valid", "/attributed/get/one"),
        Mvc("conventional route, defaults", "/"),
        Mvc("conventional route, controller and action", "/Plain/Show/1"),
        Mvc("conventional route, action that is async by name", "/plain/list"),
        Mvc("conventional route with area", "/Admin/Users/Edit/1"),
        Mvc("conventional route, no such action", "/Plain/Nothing"),
        Mvc("exception of an action", "/Plain/Fail"),
        Pages("Razor page, index", "/"),
        Pages("Razor page, index by name", "/Index"),
        Pages("Razor page in a folder, with a parameter", "/Orders/Detail/1"),
        Pages("Razor page with a route of its own", "/shop/1"),
        Pages("Razor page, no such page", "/Orders/Nothing"),
    ];

    private static RouteCase Mvc(string name, string path) => RouteCase.Get($"MVC, {name}", path, app =>
    {
        app.MapControllerRoute("areas", "{area:exists}/{controller=Home}/{action=Index}/{id?}");
        app.MapControllerRoute("default", "{controller=Home}/{action=Index}/{id?}");
    }) with
    { Builder = builder => builder.Services.AddControllers() };

    private static RouteCase Pages(string name, string path) => RouteCase.Get(name, path, app => app.MapRazorPages()) with
    {
        Builder = builder => builder.Services.AddRazorPages().AddApplicationPart(typeof(TestPagesAssembly).Assembly),
    };
}
