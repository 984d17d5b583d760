namespace CoLink.Observability.Monitoring.Platforms;

/// <summary>What a service may depend on: the stores that an exporter watches, and the other services by their names.</summary>
internal static class Dependency
{
    public const string PostgreSql = "postgresql";
    public const string MongoDb = "mongodb";
    public const string Redis = "redis";
    public const string Kafka = "kafka";

    public static readonly string[] Stores = [PostgreSql, MongoDb, Redis, Kafka];
}
