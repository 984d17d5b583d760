using System.Net.Http.Json;
using System.Net.WebSockets;

namespace CoLinkPlatform;

/// <summary>A little of everything that users do, evenly, to each service, until it is cancelled.</summary>
internal static class Traffic
{
    private const string Channel = "general";

    private static readonly string[] ChannelTypes = ["direct", "group", "channel", "thread"];
    private static readonly string[] Scopes = ["messages", "files", "users", "channels", "all"];

    /// <param name="requestsPerSecond">To each service; at most 200, since it is for the loopback.</param>
    /// <param name="cancellation">Its end.</param>
    /// <param name="sockets">Open to each service; cut ones are not opened again.</param>
    /// <param name="kind">One thing alone in place of everything, by its number in the list of what users do.</param>
    public static async Task RunAsync(IReadOnlyList<ServiceProcess> services, int requestsPerSecond, CancellationToken cancellation, int sockets = 2, int? kind = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(requestsPerSecond, 200);
        await Task.WhenAll(services.Select(service => ToAsync(service, requestsPerSecond, sockets, kind, cancellation)));
    }

    private static async Task ToAsync(ServiceProcess service, int requestsPerSecond, int sockets, int? kind, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / requestsPerSecond));
        var listening = Enumerable.Range(0, sockets).Select(_ => ListenAsync(service, cancellation)).ToArray();
        var underWay = new List<Task>();
        try
        {
            for (var number = 0; await timer.WaitForNextTickAsync(cancellation); number++)
            {
                underWay.RemoveAll(request => request.IsCompleted);
                underWay.Add(SendAsync(client, service.Address, kind ?? number, cancellation));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll([.. underWay, .. listening]);
        }
    }

    private static async Task SendAsync(HttpClient client, Uri address, int number, CancellationToken cancellation)
    {
        try
        {
            using var answer = await ((number % 8) switch
            {
                0 => client.PostAsJsonAsync(new Uri(address, "/api/messages"), new { channel = Channel, text = $"Message {number}", channelType = ChannelTypes[number % 4], author = "ada" }, cancellation),
                1 => client.GetAsync(new Uri(address, $"/api/messages?channel={Channel}"), cancellation),
                2 or 6 => client.GetAsync(new Uri(address, $"/api/search?q=message&scope={Scopes[number % Scopes.Length]}"), cancellation),
                3 => UploadAsync(client, address, number, cancellation),
                4 => client.GetAsync(new Uri(address, "/api/messages"), cancellation),
                5 => UnchangedAsync(client, address, cancellation),
                _ => client.PostAsJsonAsync(new Uri(address, "/api/users"), new { name = "Ada", email = $"ada{number}-{Guid.NewGuid():N}@example.com", method = "password" }, cancellation),
            });
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
        {
            // A service that is down or ill is what the platform is for.
        }
    }

    private static async Task<HttpResponseMessage> UploadAsync(HttpClient client, Uri address, int number, CancellationToken cancellation)
    {
        using var form = new MultipartFormDataContent();
        using var file = new ByteArrayContent([1, 2, 3]);
        file.Headers.ContentType = new("image/png");
        form.Add(file, "file", $"picture{number}.png");
        return await client.PostAsync(new Uri(address, "/api/files"), form, cancellation);
    }

    /// <summary>The page, by a browser that has it.</summary>
    private static async Task<HttpResponseMessage> UnchangedAsync(HttpClient client, Uri address, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.IfModifiedSince = DateTimeOffset.UtcNow;
        return await client.SendAsync(request, cancellation);
    }

    private static async Task ListenAsync(ServiceProcess service, CancellationToken cancellation)
    {
        using var socket = new ClientWebSocket();
        var buffer = new byte[4096];
        try
        {
            await socket.ConnectAsync(new UriBuilder(service.Address) { Scheme = "ws", Path = $"/ws/channels/{Channel}" }.Uri, cancellation);
            while ((await socket.ReceiveAsync(buffer, cancellation)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception failed) when (failed is WebSocketException or OperationCanceledException)
        {
            // Cut, or over.
        }
    }
}
