namespace CoLink.Observability.Catalogue;

/// <summary>What is listened to by name or found in the container, as <c>colink_telemetry_source_active</c> names it.</summary>
internal static class Sources
{
    public const string Npgsql = "Npgsql";
    public const string EntityFramework = "Microsoft.EntityFrameworkCore";
    public const string SqlClient = "Microsoft.Data.SqlClient";
    public const string MongoDb = "MongoDB.Driver";
    public const string DistributedCache = "IDistributedCache";
    public const string MemoryCache = "MemoryCache";
    public const string HybridCache = "HybridCache";
    public const string Redis = "StackExchange.Redis";
    public const string Kafka = "Confluent.Kafka";
    public const string LoggerFactory = "ILoggerFactory";
    public const string OtlpExporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    public const string OtelSdk = "otel.sdk.experimental";

    public static readonly string[] All =
        [Npgsql, EntityFramework, SqlClient, MongoDb, DistributedCache, MemoryCache, HybridCache, Redis, Kafka, LoggerFactory, OtlpExporter, OtelSdk];
}
