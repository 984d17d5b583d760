using System.Globalization;
using CoLinkPlatform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(Faults))]

namespace CoLinkPlatform;

/// <summary>How a service is ill.</summary>
/// <param name="Errors">Part of its requests that end with 500.</param>
/// <param name="Delay">What each request takes longer.</param>
/// <param name="On">Which paths are concerned, by how they begin; by default all.</param>
/// <param name="DropsSockets">Cuts the WebSockets that are open now.</param>
internal sealed record Fault(decimal Errors = 0, TimeSpan Delay = default, string On = "", bool DropsSockets = false)
{
    public const string Path = "/platform/faults";

    public static readonly Fault None = new();

    public string Query => string.Create(CultureInfo.InvariantCulture, $"?errors={Errors}&delay={Delay.TotalSeconds}s&path={Uri.EscapeDataString(On)}&dropSockets={DropsSockets}");

    public static Fault Of(IQueryCollection query) => new(
        decimal.TryParse(query["errors"], CultureInfo.InvariantCulture, out var errors) ? errors : 0,
        double.TryParse(query["delay"].ToString().TrimEnd('s'), CultureInfo.InvariantCulture, out var delay) ? TimeSpan.FromSeconds(delay) : TimeSpan.Zero,
        query["path"].ToString(),
        bool.TryParse(query["dropSockets"], out var drops) && drops);
}

/// <summary>Makes the sample ill from within, without a word about it in its code: a status is changed after the route is known, a socket is cut where it is open.</summary>
internal sealed class Faults : IHostingStartup, IStartupFilter
{
    private readonly Lock _lock = new();
    private readonly HashSet<HttpContext> _sockets = [];
    private Fault _fault = Fault.None;
    private decimal _due;

    public void Configure(IWebHostBuilder builder) => builder.ConfigureServices(services => services.AddSingleton<IStartupFilter>(this));

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(ApplyAsync);
        next(app);
    };

    private async Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path == Fault.Path && HttpMethods.IsPost(context.Request.Method))
        {
            Set(Fault.Of(context.Request.Query));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (context.Request.Headers.ContainsKey("Sec-WebSocket-Key"))
        {
            await WithSocketAsync(context, next);
            return;
        }

        var fault = Volatile.Read(ref _fault);
        if (context.Request.Path.StartsWithSegments(fault.On, StringComparison.Ordinal))
        {
            if (fault.Delay > TimeSpan.Zero)
                await Task.Delay(fault.Delay, context.RequestAborted);
            if (IsDue(fault.Errors))
                context.Response.OnStarting(() =>
                {
                    context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                    return Task.CompletedTask;
                });
        }

        await next(context);
    }

    private async Task WithSocketAsync(HttpContext context, RequestDelegate next)
    {
        lock (_lock)
            _sockets.Add(context);
        try
        {
            await next(context);
        }
        finally
        {
            lock (_lock)
                _sockets.Remove(context);
        }
    }

    private void Set(Fault fault)
    {
        Volatile.Write(ref _fault, fault);
        HttpContext[] dropped;
        lock (_lock)
            dropped = fault.DropsSockets ? [.. _sockets] : [];
        foreach (var socket in dropped)
            socket.Abort();
    }

    /// <summary>Exactly the part that is asked for, evenly: chance would need a thousand requests to come near it.</summary>
    private bool IsDue(decimal part)
    {
        lock (_lock)
        {
            _due += part;
            if (_due < 1)
                return false;
            _due -= 1;
            return true;
        }
    }
}
