using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static CoLink.Observability.Tests.WebSockets.SocketApp;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>Sockets that are open as the host stops. Nobody scrapes any more, so the registry is read.</summary>
public sealed class ShutdownTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    public async Task A_socket_that_the_app_closes_as_the_host_stops_ends_for_the_shutdown(int status)
    {
        await using var app = await ServeAsync(async (socket, context) =>
        {
            var stopping = new TaskCompletionSource();
            context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
            await stopping.Task;
            await socket.CloseAsync(status);
        });
        using var socket = await app.ConnectAsync();
        await app.ScrapeUntilAsync(s => s.Sum(Active) == 1);

        var stopped = app.Services.GetRequiredService<IHost>().StopAsync();
        await socket.ReceiveAsync(new byte[16], Bound());
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Bound());
        await stopped;

        AssertEnded(app, "/ws/{channel}", shutdown: 1);
    }

    [Fact]
    public async Task Sockets_that_the_server_cuts_as_the_host_stops_end_for_the_shutdown()
    {
        const int Sockets = 20;
        await using var app = await ServeAsync(EchoAsync, builder => builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(200)));
        var sockets = await Task.WhenAll(Enumerable.Range(0, Sockets).Select(_ => app.ConnectAsync()));
        await app.ScrapeUntilAsync(s => s.Sum(Active) == Sockets);

        // The time-out is over before the sockets are: that is what is tested.
        await app.Services.GetRequiredService<IHost>().StopAsync();
        var registry = app.Services.GetRequiredService<MetricRegistry>();
        await Eventually.IsTrue(() => WebSocketCatalogue.Reasons.Sum(reason => registry.Counter(WebSocketCatalogue.Disconnections).Read(["/ws/{channel}", reason])) == Sockets);

        AssertEnded(app, "/ws/{channel}", Sockets);
        foreach (var socket in sockets)
            socket.Dispose();
    }

    [Fact]
    public async Task A_hubs_sockets_end_for_the_shutdown()
    {
        await using var app = await RunningApp.StartAsync(a => a.MapHub<SilentHub>("/hub"), b => b.Services.AddSignalR());
        await using var connection = new HubConnectionBuilder().WithUrl(new Uri(app.Address, "/hub")).Build();
        await connection.StartAsync(Bound());
        await app.ScrapeUntilAsync(s => s.Value(Active, ("endpoint", "/hub")) == 1);

        await app.Services.GetRequiredService<IHost>().StopAsync();

        AssertEnded(app, "/hub", shutdown: 1);
    }

    private static void AssertEnded(RunningApp app, string endpoint, int shutdown)
    {
        var registry = app.Services.GetRequiredService<MetricRegistry>();
        Assert.Equal(0, registry.Gauge(WebSocketCatalogue.Active).Read([endpoint]));
        Assert.All(WebSocketCatalogue.Reasons, reason =>
            Assert.Equal(reason == "shutdown" ? shutdown : 0, registry.Counter(WebSocketCatalogue.Disconnections).Read([endpoint, reason])));
    }

    private sealed class SilentHub : Hub;
}
