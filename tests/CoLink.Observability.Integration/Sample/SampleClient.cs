using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Sample;

/// <summary>What a user of the messaging service does.</summary>
internal static class SampleClient
{
    public static Task<HttpResponseMessage> RegisterAsync(this SampleProcess sample, string email, string method = "password") =>
        sample.Client.PostAsJsonAsync("/api/users", new { name = "Ada", email, method });

    public static Task<HttpResponseMessage> SendAsync(this SampleProcess sample, string text, string channel = "general", string channelType = "channel") =>
        sample.Client.PostAsJsonAsync("/api/messages", new { channel, text, channelType, author = "Ada" });

    public static Task<HttpResponseMessage> PostJsonAsync(this SampleProcess sample, string path, string json, string contentType = "application/json") =>
        sample.Client.PostAsync(path, new StringContent(json, Encoding.UTF8, contentType));

    public static async Task<HttpResponseMessage> UploadAsync(this SampleProcess sample, string contentType, int bytes = 10, string part = "file")
    {
        var file = new ByteArrayContent(new byte[bytes]);
        file.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/files") { Content = new MultipartFormDataContent { { file, part, "notes.bin" } } };
        // A body that is refused by its length is refused before it is sent.
        request.Headers.ExpectContinue = bytes > 1_000_000;
        return await sample.Client.SendAsync(request);
    }

    public static async Task<ClientWebSocket> JoinAsync(this SampleProcess sample, string channel)
    {
        var socket = new ClientWebSocket();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await socket.ConnectAsync(new Uri($"ws://{sample.Address.Authority}/ws/channels/{channel}"), bound.Token);
        return socket;
    }

    /// <summary>The next message as text; null where the socket was closed instead.</summary>
    public static async Task<string?> NextAsync(this ClientWebSocket socket)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[16 * 1024];
        var received = await socket.ReceiveAsync(buffer, bound.Token);
        return received.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    public static async Task<JsonElement> JsonAsync(this Task<HttpResponseMessage> answer) =>
        await (await answer).Content.ReadFromJsonAsync<JsonElement>();
}
