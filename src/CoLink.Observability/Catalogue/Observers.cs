namespace CoLink.Observability.Catalogue;

/// <summary>The library's own observers, as <c>colink_telemetry_observer_errors_total</c> names them.</summary>
internal static class Observers
{
    public const string Http = "http";
    public const string Runtime = "runtime";
    public const string Meters = "meters";
    public const string Exposition = "exposition";
    public const string StaticRegistry = "static_registry";
    public const string Registry = "registry";
    public const string Database = "database";
    public const string Cache = "cache";
    public const string Redis = "redis";
    public const string WebSocket = "websocket";
    public const string Business = "business";
    public const string Kafka = "kafka";
    public const string Logging = "logging";
    public const string Tracing = "tracing";
    public const string Health = "health";

    public static readonly string[] All = [Http, Runtime, Meters, Exposition, StaticRegistry, Registry, Database, Cache, Redis, WebSocket, Business, Kafka, Logging, Tracing, Health];
}
