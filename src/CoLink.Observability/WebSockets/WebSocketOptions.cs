namespace CoLink.Observability.WebSockets;

/// <summary>The WebSocket family.</summary>
public sealed class WebSocketOptions
{
    internal WebSocketOptions()
    {
    }

    /// <summary>Whether WebSockets, those of SignalR included, are counted. Default: true.</summary>
    public bool Enabled { get; set; } = true;
}
