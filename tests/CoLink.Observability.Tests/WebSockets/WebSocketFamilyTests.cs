using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Tests.WebSockets;

public sealed class WebSocketFamilyTests : FamilyConformance
{
    private bool _isBroken;

    private protected override MetricDefinition[] Metrics => WebSocketCatalogue.All;

    private protected override string Observer => Observers.WebSocket;

    private protected override string Switch => "WebSockets:Enabled";

    /// <summary>The family is declared as the host is built, so it is the endpoint that cannot be read as a socket is accepted.</summary>
    private protected override void Break(WebApplication app) => _isBroken = true;

    private protected override void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.Map("/ws/{channel}", async (HttpContext context) =>
        {
            var endpoint = context.Features.Get<IEndpointFeature>();
            if (_isBroken)
                context.Features.Set<IEndpointFeature>(new NoEndpoint());
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            context.Features.Set(endpoint);
            await SocketApp.EchoAsync(socket, context);
        });
    }

    private protected override async Task FillAsync(RunningApp app)
    {
        using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("hello");
        Assert.Equal("hello", await socket.ReceiveTextAsync());
        await socket.CloseAsync();
    }

    private sealed class NoEndpoint : IEndpointFeature
    {
        public Endpoint? Endpoint
        {
            get => throw new InvalidOperationException("no endpoint");
            set => throw new InvalidOperationException("no endpoint");
        }
    }
}
