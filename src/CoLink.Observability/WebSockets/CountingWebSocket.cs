using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace CoLink.Observability.WebSockets;

/// <summary>The app's socket, with its messages counted at their end and its closing noticed. Each member calls the same member of the inner socket.</summary>
/// <param name="inner">The socket as the server or the app's middleware made it.</param>
/// <param name="life">What is said about it.</param>
/// <param name="sent">Reads hub messages out of what is sent; null where a WebSocket message is the message.</param>
/// <param name="received">The same of what is received.</param>
internal sealed class CountingWebSocket(WebSocket inner, SocketLife life, HubMessages? sent, HubMessages? received) : WebSocket
{
    private PendingReceive? _pendingReceive;
    private PendingSend? _pendingSend;

    public override WebSocketCloseStatus? CloseStatus => inner.CloseStatus;

    public override string? CloseStatusDescription => inner.CloseStatusDescription;

    public override string? SubProtocol => inner.SubProtocol;

    public override WebSocketState State => inner.State;

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var receiving = inner.ReceiveAsync(buffer, cancellationToken);
        if (!receiving.IsCompletedSuccessfully)
        {
            var pending = _pendingReceive ??= new PendingReceive(this);
            return pending.TryTake() ? pending.Follow(receiving, buffer, cancellationToken) : Follow(receiving, buffer, cancellationToken);
        }

        var result = receiving.Result;
        Received(buffer.Span, result.Count, result.MessageType, result.EndOfMessage);
        return new ValueTask<ValueWebSocketReceiveResult>(result);
    }

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var receiving = inner.ReceiveAsync(buffer, cancellationToken);
        if (!receiving.IsCompletedSuccessfully)
            return Follow(receiving, buffer, cancellationToken);
        var result = receiving.GetAwaiter().GetResult();
        Received(buffer, result.Count, result.MessageType, result.EndOfMessage);
        return receiving;
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        var messages = Messages(buffer.Span, messageType, endOfMessage);
        return Follow(inner.SendAsync(buffer, messageType, endOfMessage, cancellationToken), messages, cancellationToken);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, WebSocketMessageFlags messageFlags, CancellationToken cancellationToken)
    {
        var messages = Messages(buffer.Span, messageType, (messageFlags & WebSocketMessageFlags.EndOfMessage) != 0);
        return Follow(inner.SendAsync(buffer, messageType, messageFlags, cancellationToken), messages, cancellationToken);
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        var messages = Messages(buffer, messageType, endOfMessage);
        var sending = inner.SendAsync(buffer, messageType, endOfMessage, cancellationToken);
        if (!sending.IsCompletedSuccessfully)
            return Follow(sending, messages, cancellationToken);
        Sent(messages);
        return sending;
    }

    public override async Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        await Close(inner.CloseAsync(closeStatus, statusDescription, cancellationToken), closeStatus, cancellationToken);

    public override async Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        await Close(inner.CloseOutputAsync(closeStatus, statusDescription, cancellationToken), closeStatus, cancellationToken);

    public override void Abort()
    {
        Abandoned();
        inner.Abort();
    }

    public override void Dispose()
    {
        Abandoned();
        inner.Dispose();
    }

    public void Received(ReadOnlySpan<byte> buffer, int count, WebSocketMessageType type, bool endOfMessage)
    {
        try
        {
            if (type == WebSocketMessageType.Close)
                life.CloseReceived();
            else if (received is not null)
                life.Received(received.Count(buffer[..count], endOfMessage));
            else if (endOfMessage)
                life.Received(1);
        }
        catch (Exception exception)
        {
            life.Broke(exception);
        }
    }

    public void Sent(int messages)
    {
        try
        {
            life.Sent(messages);
        }
        catch (Exception exception)
        {
            life.Broke(exception);
        }
    }

    public void Failed(Exception failure, CancellationToken token)
    {
        try
        {
            life.Failed(failure, token);
        }
        catch (Exception exception)
        {
            life.Broke(exception);
        }
    }

    /// <summary>How many messages end with what is sent; read now, since the buffer is the app's again once it is sent.</summary>
    private int Messages(ReadOnlySpan<byte> buffer, WebSocketMessageType type, bool endOfMessage)
    {
        if (sent is null)
            return endOfMessage && type != WebSocketMessageType.Close ? 1 : 0;
        try
        {
            return sent.Count(buffer, endOfMessage);
        }
        catch (Exception exception)
        {
            life.Broke(exception);
            return 0;
        }
    }

    private ValueTask Follow(ValueTask sending, int messages, CancellationToken token)
    {
        if (!sending.IsCompletedSuccessfully)
        {
            var pending = _pendingSend ??= new PendingSend(this);
            return pending.TryTake() ? pending.Follow(sending, messages, token) : new ValueTask(Follow(sending.AsTask(), messages, token));
        }

        Sent(messages);
        return sending;
    }

    private async Task Follow(Task sending, int messages, CancellationToken token)
    {
        try
        {
            await sending;
        }
        catch (Exception exception)
        {
            Failed(exception, token);
            throw;
        }

        Sent(messages);
    }

    private async Task<WebSocketReceiveResult> Follow(Task<WebSocketReceiveResult> receiving, ArraySegment<byte> buffer, CancellationToken token)
    {
        try
        {
            var result = await receiving;
            Received(buffer, result.Count, result.MessageType, result.EndOfMessage);
            return result;
        }
        catch (Exception exception)
        {
            Failed(exception, token);
            throw;
        }
    }

    /// <summary>A receive beside another, which a socket does not allow but another kind of socket may.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ValueWebSocketReceiveResult> Follow(ValueTask<ValueWebSocketReceiveResult> receiving, Memory<byte> buffer, CancellationToken token)
    {
        try
        {
            var result = await receiving;
            Received(buffer.Span, result.Count, result.MessageType, result.EndOfMessage);
            return result;
        }
        catch (Exception exception)
        {
            Failed(exception, token);
            throw;
        }
    }

    private async Task Close(Task closing, WebSocketCloseStatus status, CancellationToken token)
    {
        try
        {
            // A socket that cannot be closed any more had another end.
            if (!closing.IsFaulted)
                life.Closing(status);
        }
        catch (Exception exception)
        {
            life.Broke(exception);
        }

        try
        {
            await closing;
        }
        catch (Exception exception)
        {
            Failed(exception, token);
            throw;
        }

        try
        {
            life.EndIfClosed();
        }
        catch (Exception exception)
        {
            life.Broke(exception);
        }
    }

    private void Abandoned()
    {
        try
        {
            life.Abandoned();
        }
        catch (Exception exception)
        {
            life.Broke(exception);
        }
    }
}
