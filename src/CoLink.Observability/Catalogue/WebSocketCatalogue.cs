namespace CoLink.Observability.Catalogue;

internal static class WebSocketCatalogue
{
    public static readonly MetricDefinition Active = MetricDefinition.Planned("websocket_active_connections", MetricKind.Gauge, "WebSockets open now.", "endpoint");

    public static readonly MetricDefinition MessagesSent = MetricDefinition.Planned("websocket_messages_sent_total", MetricKind.Counter, "WebSocket messages sent, counted at their end.", "endpoint");

    public static readonly MetricDefinition MessagesReceived = MetricDefinition.Planned("websocket_messages_received_total", MetricKind.Counter, "WebSocket messages received, counted at their end.", "endpoint");

    public static readonly MetricDefinition Disconnections = MetricDefinition.Planned(
        "websocket_disconnections_total", MetricKind.Counter, "WebSockets that ended, by the reason.",
        "endpoint",
        MetricLabel.OneOf("reason", "normal", "going_away", "protocol_error", "policy", "too_big", "server_error", "client_abort", "server_abort", "timeout", "shutdown", "other"));

    public static readonly MetricDefinition Duration = MetricDefinition.Planned(
        "websocket_connection_duration_seconds", MetricKind.Histogram, "How long WebSockets stayed open.", "endpoint")
        with
    { Buckets = Buckets.LifetimeSeconds };

    public static readonly MetricDefinition[] All = [Active, MessagesSent, MessagesReceived, Disconnections, Duration];
}
