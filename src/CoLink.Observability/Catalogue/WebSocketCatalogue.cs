namespace CoLink.Observability.Catalogue;

internal static class WebSocketCatalogue
{
    /// <summary>Why a socket ended, in the order of the enumeration of the WebSocket room.</summary>
    public static readonly string[] Reasons =
        ["normal", "going_away", "protocol_error", "policy", "too_big", "server_error", "client_abort", "server_abort", "timeout", "shutdown", "other"];

    private const string EachSocket = "every accepted WebSocket, SignalR's included, raw or compressed, over HTTP/1.1 and HTTP/2";

    private const string Hubs = "Of a SignalR hub, its own messages are counted, however they are batched, without handshakes, pings, acknowledgements and closes.";

    public static readonly MetricDefinition Active = new(
        "websocket_active_connections", MetricKind.Gauge, "WebSockets open now, by route template; unmatched where a middleware accepted it without a route.", "endpoint")
    { FilledBy = EachSocket };

    public static readonly MetricDefinition MessagesSent = new(
        "websocket_messages_sent_total", MetricKind.Counter, $"WebSocket messages sent, counted at their end; a failed send is not counted. {Hubs}", "endpoint")
    { FilledBy = EachSocket };

    public static readonly MetricDefinition MessagesReceived = new(
        "websocket_messages_received_total", MetricKind.Counter, $"WebSocket messages received, counted at their end. {Hubs}", "endpoint")
    { FilledBy = EachSocket };

    public static readonly MetricDefinition Disconnections = new(
        "websocket_disconnections_total", MetricKind.Counter,
        "WebSockets that ended, by what came first: a close frame of either side, a lost connection, an exception or an abort of the app, the host's shutdown.",
        "endpoint", MetricLabel.OneOf("reason", Reasons))
    { FilledBy = "every WebSocket, once: when both sides have closed it, else when its request ends" };

    public static readonly MetricDefinition Duration = new(
        "websocket_connection_duration_seconds", MetricKind.Histogram, "How long WebSockets stayed open.", "endpoint")
    { Buckets = Buckets.LifetimeSeconds, FilledBy = "every WebSocket that ended" };

    public static readonly MetricDefinition[] All = [Active, MessagesSent, MessagesReceived, Disconnections, Duration];
}
