using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Support;

/// <summary>A web application with the one call, on a real Kestrel at a free loopback port.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningApp(WebApplication app, CollectingLogs logs)
    {
        _app = app;
        Logs = logs;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        // Who waits to be asked for a body waits on a busy machine too: sent unasked, it may meet a connection that is closed already.
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, Expect100ContinueTimeout = Eventually.Bound }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public CollectingLogs Logs { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="app">Maps the endpoints and middleware.</param>
    /// <param name="builder">Runs before the one call.</param>
    /// <param name="options">The options of the one call.</param>
    /// <param name="settings">Configuration keys, whole: <c>CoLink:Observability:Metrics:Path</c>.</param>
    /// <param name="observe">False for the same app without the one call.</param>
    public static async Task<RunningApp> StartAsync(
        Action<WebApplication>? app = null,
        Action<WebApplicationBuilder>? builder = null,
        Action<CoLinkObservabilityOptions>? options = null,
        IDictionary<string, string?>? settings = null,
        bool observe = true)
    {
        var host = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production, ApplicationName = typeof(RunningApp).Assembly.GetName().Name });
        host.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var logs = new CollectingLogs();
        host.Logging.ClearProviders().AddProvider(logs);
        host.Configuration.AddInMemoryCollection(QuietConsole.Settings);
        if (settings is not null)
            host.Configuration.AddInMemoryCollection(settings);
        builder?.Invoke(host);
        if (observe)
            host.AddCoLinkObservability(options);
        var built = host.Build();
        app?.Invoke(built);
        try
        {
            await built.StartAsync();
        }
        catch
        {
            // What it listens to in the process would be heard by the tests after it.
            await built.DisposeAsync();
            throw;
        }

        return new RunningApp(built, logs);
    }

    public Task<Scrape> ScrapeAsync() => Scrape.OfAsync(Client);

    /// <summary>Requests are recorded after the client has its answer: waits until the scrape satisfies, and fails with what was there instead.</summary>
    public Task<Scrape> ScrapeUntilAsync(Func<Scrape, bool> satisfied, [CallerArgumentExpression(nameof(satisfied))] string text = "") =>
        Scrape.UntilAsync(Client, satisfied, text: text);

    /// <summary>For several families: a scrape that begins when another has what is told last.</summary>
    public Task<Scrape> ScrapeAfterAsync(Func<Scrape, bool> satisfied, [CallerArgumentExpression(nameof(satisfied))] string text = "") =>
        Scrape.AfterAsync(Client, satisfied, text);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
