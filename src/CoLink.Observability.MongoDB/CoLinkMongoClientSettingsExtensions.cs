using CoLink.Observability;
using CoLink.Observability.Database;
using CoLink.Observability.MongoDB;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MongoDB.Driver;

/// <summary>For MongoDB clients: their connection pools, which the driver tells only where its settings ask.</summary>
public static class CoLinkMongoClientSettingsExtensions
{
    /// <summary>
    /// Counts the connections of the clients that are made with these settings: in use, idle, and how many a pool may hold, for each
    /// server by its address. What the app configures for its clusters itself is kept. Operations are measured without this.
    /// </summary>
    /// <param name="settings">The settings, before a client is made with them: a client freezes them.</param>
    /// <param name="services">The services of the host whose metrics these are.</param>
    /// <returns>The same settings. A second call, and one where <c>Database:Enabled</c> is false, changes nothing.</returns>
    /// <exception cref="InvalidOperationException">The settings are frozen, or the host has no metrics: <c>AddCoLinkObservability</c> was not called on its builder.</exception>
    public static MongoClientSettings WithCoLinkMetrics(this MongoClientSettings settings, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(services);
        var pools = services.GetService<PoolTotals>()
            ?? throw new InvalidOperationException("WithCoLinkMetrics needs the host's metrics, which are not among these services: call builder.AddCoLinkObservability() first.");
        if (services.GetRequiredService<IOptions<CoLinkObservabilityOptions>>().Value.Database.Enabled)
            settings.ClusterConfigurator = pools.Companion(static totals => new ClusterConfigurators(totals)).With(settings.ClusterConfigurator);
        return settings;
    }
}
