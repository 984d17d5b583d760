using CoLink.Observability.Database.AdoNet;
using Microsoft.Extensions.DependencyInjection;

namespace System.Data.Common;

/// <summary>For database clients that tell nothing by themselves, such as Microsoft.Data.Sqlite without EF Core, alone or under Dapper.</summary>
public static class CoLinkDbConnectionExtensions
{
    /// <summary>
    /// Measures what is done over a connection: commands, until their reader is closed, their errors, connections in use, and
    /// connections that could not be had. All else is passed on as it is.
    /// </summary>
    /// <param name="connection">The connection; it belongs to the returned one, which disposes it.</param>
    /// <param name="services">The services of the host whose metrics these are.</param>
    /// <returns>The measuring connection. The same one comes back where it is measured without this: by Npgsql, by Microsoft.Data.SqlClient, by an earlier call; and where <c>Database:Enabled</c> is false.</returns>
    /// <exception cref="InvalidOperationException">The host has no metrics: <c>AddCoLinkObservability</c> was not called on its builder.</exception>
    public static DbConnection WithCoLinkMetrics(this DbConnection connection, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Observer(services).Observe(connection);
    }

    /// <summary>The same for every connection and command of a data source.</summary>
    /// <param name="dataSource">The data source; it belongs to the returned one, which disposes it.</param>
    /// <param name="services">The services of the host whose metrics these are.</param>
    /// <returns>The measuring data source, or the same one, as for a connection.</returns>
    /// <exception cref="InvalidOperationException">The host has no metrics: <c>AddCoLinkObservability</c> was not called on its builder.</exception>
    public static DbDataSource WithCoLinkMetrics(this DbDataSource dataSource, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return Observer(services).Observe(dataSource);
    }

    private static AdoNetObserver Observer(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.GetService<AdoNetObserver>()
            ?? throw new InvalidOperationException("WithCoLinkMetrics needs the host's metrics, which are not among these services: call builder.AddCoLinkObservability() first.");
    }
}
