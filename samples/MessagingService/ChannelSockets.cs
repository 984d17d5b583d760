using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace MessagingService;

/// <summary>The WebSockets of this instance, by channel. What is posted to a channel is pushed to each of its sockets.</summary>
internal sealed class ChannelSockets(IHostApplicationLifetime lifetime)
{
    /// <summary>A socket that is this far behind is cut: it reconnects and reads the channel's recent messages.</summary>
    private const int OutboxLimit = 100;

    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<Subscriber>> _subscribers = [];

    /// <summary>Finds out that the other side is gone where no packet says so.</summary>
    public static WebSocketOptions Options { get; } = new() { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(30) };

    public void Push(Message message)
    {
        lock (_lock)
        {
            if (!_subscribers.TryGetValue(message.Channel, out var subscribers))
                return;
            var json = JsonSerializer.SerializeToUtf8Bytes(message, JsonSerializerOptions.Web);
            foreach (var subscriber in subscribers)
            {
                // Cancelled on another thread: what ends here would leave the set that is walked.
                if (!subscriber.Outbox.Writer.TryWrite(json))
                    subscriber.Cut.CancelAfter(TimeSpan.Zero);
            }
        }
    }

    /// <summary>Serves one socket until its client leaves, falls too far behind, or the service stops.</summary>
    public async Task ServeAsync(string channel, WebSocket socket, CancellationToken aborted)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var subscriber = new Subscriber(Channel.CreateBounded<byte[]>(OutboxLimit), cut);
        var listening = ListenAsync(socket, subscriber);
        Add(channel, subscriber);
        try
        {
            // Kestrel waits for its connections as it stops: they are told at once, and cut if they do not listen.
            using var stopping = lifetime.ApplicationStopping.Register(() => Leave(subscriber));
            await foreach (var json in subscriber.Outbox.Reader.ReadAllAsync(cut.Token))
                await socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, cut.Token);
            await socket.CloseOutputAsync(
                lifetime.ApplicationStopping.IsCancellationRequested ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure, null, cut.Token);
            await listening;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }
        finally
        {
            Remove(channel, subscriber);
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What a client says is not read, only that it leaves.</summary>
    private static async Task ListenAsync(WebSocket socket, Subscriber subscriber)
    {
        try
        {
            var ignored = new byte[1024];
            while ((await socket.ReceiveAsync(ignored, subscriber.Cut.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        finally
        {
            subscriber.Outbox.Writer.TryComplete();
        }
    }

    private static void Leave(Subscriber subscriber)
    {
        subscriber.Outbox.Writer.TryComplete();
        subscriber.Cut.CancelAfter(Goodbye);
    }

    private void Add(string channel, Subscriber subscriber)
    {
        lock (_lock)
        {
            if (!_subscribers.TryGetValue(channel, out var found))
                _subscribers[channel] = found = [];
            found.Add(subscriber);
        }
    }

    private void Remove(string channel, Subscriber subscriber)
    {
        lock (_lock)
        {
            if (_subscribers[channel].Remove(subscriber) && _subscribers[channel].Count == 0)
                _subscribers.Remove(channel);
        }
    }

    private sealed record Subscriber(Channel<byte[]> Outbox, CancellationTokenSource Cut);
}

internal static class ChannelSocketsEndpoint
{
    public static void MapChannelSockets(this IEndpointRouteBuilder app) => app.MapGet("/ws/channels/{channel}", JoinAsync);

    private static async Task<IResult> JoinAsync(string channel, HttpContext context, ChannelSockets sockets)
    {
        var input = new Input();
        var name = input.Channel(channel);
        if (!context.WebSockets.IsWebSocketRequest)
            input.Refuse("connection", "This is a plain HTTP request.", "a WebSocket");
        if (input.Refusal is { } refusal)
            return refusal;

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await sockets.ServeAsync(name, socket, context.RequestAborted);
        return TypedResults.Empty;
    }
}
