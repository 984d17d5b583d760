using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Helm;

/// <summary>What Loki is told wherever it runs.</summary>
internal static class LokiConfiguration
{
    public static Map Schema => new()
    {
        { "configs", new[]
        {
            new Map
            {
                { "from", "2024-04-01" },
                { "store", "tsdb" },
                { "object_store", "filesystem" },
                { "schema", "v13" },
                { "index", new Map { { "prefix", "index_" }, { "period", "24h" } } },
            },
        } },
    };

    /// <summary>By default nothing is ever deleted.</summary>
    public static Map Limits(Platform platform) => new()
    {
        { "retention_period", HelmValues.Hours(platform.Retention.Loki) },
        { "allow_structured_metadata", true },
        { "discover_log_levels", true },
    };

    /// <summary>Without it the limit above is not acted on.</summary>
    public static Map Compactor(string folder) => new()
    {
        { "working_directory", folder },
        { "retention_enabled", true },
        { "delete_request_store", "filesystem" },
    };
}
