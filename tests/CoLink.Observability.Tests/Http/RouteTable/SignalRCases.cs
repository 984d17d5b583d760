using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>A hub over each of its transports, spoken by hand so that the number of requests is known.</summary>
internal static class SignalRCases
{
    private const string Handshake = "{\"protocol\":\"json\",\"version\":1}\u001e";

    public static IEnumerable<RouteCase> All =>
    [
        Hub("SignalR, negotiation", "POST /hub/a/negotiate", 1, client => client.SendAsync("POST", "/hub/a/negotiate?negotiateVersion=1")),
        Hub("SignalR, WebSockets", "GET /hub/a, upgrade", 1, client => client.WebSocketAsync("/hub/a", line: Handshake)),
        Hub("SignalR, server-sent events", "POST negotiate, GET /hub/a", 2, ServerSentEventsAsync),
        Hub("SignalR, long polling", "POST negotiate, GET, POST, GET, DELETE /hub/a", 5, LongPollingAsync),
        Hub("SignalR, connection that does not exist", "GET /hub/a?id=none", 1, client => client.SendAsync("GET", "/hub/a?id=none")),
    ];

    private static RouteCase Hub(string name, string request, int requests, Func<RouteClient, Task<string>> ask) =>
        new(name, request, app => app.MapHub<SilentHub>("/hub/{room?}"), ask) { Builder = builder => builder.Services.AddSignalR(), Requests = requests };

    private static async Task<string> ServerSentEventsAsync(RouteClient client)
    {
        var path = await NegotiateAsync(client);
        using var request = new HttpRequestMessage(HttpMethod.Get, client.Uri(path));
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return RouteClient.Text(response.StatusCode);
    }

    private static async Task<string> LongPollingAsync(RouteClient client)
    {
        var path = await NegotiateAsync(client);
        return string.Join(", ",
            await client.SendAsync("GET", path),
            await client.SendAsync("POST", path, request => request.Content = new StringContent(Handshake)),
            await client.SendAsync("GET", path),
            await client.SendAsync("DELETE", path));
    }

    private static async Task<string> NegotiateAsync(RouteClient client)
    {
        using var response = await client.Http.PostAsync(client.Uri("/hub/a/negotiate?negotiateVersion=1"), null);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return $"/hub/a?id={answer.RootElement.GetProperty("connectionToken").GetString()}";
    }

    private sealed class SilentHub : Hub;
}
