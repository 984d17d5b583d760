using System.Net;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Exposition;

/// <summary>An app's addresses come from many places, and a port of our own must leave each as it was.</summary>
public sealed class MetricsPortAddressesTests
{
    private static readonly Dictionary<string, Action<WebApplicationBuilder, int>> Ways = new()
    {
        ["UseUrls"] = (b, port) => b.WebHost.UseUrls($"http://127.0.0.1:{port}"),
        ["URLS of the environment"] = (b, port) => b.Configuration.AddInMemoryCollection([new("URLS", $"http://127.0.0.1:{port}")]),
        ["HTTP_PORTS of the environment"] = (b, port) => b.Configuration.AddInMemoryCollection([new("HTTP_PORTS", $"{port}")]),
        ["ConfigureKestrel"] = (b, port) => b.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port)),
        ["Kestrel:Endpoints"] = (b, port) => b.Configuration.AddInMemoryCollection([new("Kestrel:Endpoints:Web:Url", $"http://127.0.0.1:{port}")]),
        ["two at once"] = (b, port) =>
        {
            b.WebHost.UseUrls("http://127.0.0.1:1");
            b.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        },
        ["--urls"] = (_, _) => { },
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_apps_addresses_are_as_they_were(string way)
    {
        var (port, metricsPort) = (FreePort.Next(), FreePort.Next());
        var without = await RunAsync(way, port, null, _ => Task.CompletedTask);

        var with = await RunAsync(way, port, metricsPort, async client =>
        {
            Assert.Equal("app", await client.GetStringAsync($"http://127.0.0.1:{port}/"));
            using var onApp = await client.GetAsync($"http://127.0.0.1:{port}/metrics");
            Assert.Equal(HttpStatusCode.NotFound, onApp.StatusCode);
            Assert.NotNull((await Scrape.OfAsync(client, $"http://127.0.0.1:{metricsPort}/metrics")).Value("colink_build_info"));
            using var other = await client.GetAsync($"http://127.0.0.1:{metricsPort}/");
            Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        });

        Assert.Equal(without.Addresses, with.Addresses);
        Assert.Equal(without.Warnings, with.Warnings);
        Assert.Equal(way == "HTTP_PORTS of the environment" ? $"http://[::]:{port}" : $"http://127.0.0.1:{port}", Assert.Single(with.Addresses));
    }

    private static async Task<(List<string> Addresses, List<string> Warnings)> RunAsync(string way, int port, int? metricsPort, Func<HttpClient, Task> check)
    {
        string[] args = way == "--urls" ? ["--urls", $"http://127.0.0.1:{port}"] : [];
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, EnvironmentName = Environments.Production });
        var logs = new CollectingLogs();
        builder.Logging.ClearProviders().AddProvider(logs);
        Ways[way](builder, port);
        builder.AddCoLinkObservability(o => o.Metrics.Port = metricsPort);
        await using var app = builder.Build();
        app.MapGet("/", () => "app");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        await check(client);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        await app.StopAsync(TestContext.Current.CancellationToken);
        return (addresses, [.. logs.Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Message)]);
    }
}
