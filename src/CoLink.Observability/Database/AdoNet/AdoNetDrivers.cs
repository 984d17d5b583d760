namespace CoLink.Observability.Database.AdoNet;

/// <summary>What is known of a driver by the namespace of its types: no driver is referenced.</summary>
internal static class AdoNetDrivers
{
    /// <summary>Whether it is measured without a wrapper, so that one more would count it twice. Whoever hears EF Core leaves these out too.</summary>
    public static bool Speaks(object ofDriver) => ofDriver is ObservedConnection or ObservedDataSource || Namespace(ofDriver) is "Npgsql" or "Microsoft.Data.SqlClient";

    public static DbSystem System(object ofDriver) => Namespace(ofDriver) switch
    {
        "Npgsql" => DbSystem.PostgreSql,
        "Microsoft.Data.SqlClient" or "System.Data.SqlClient" => DbSystem.SqlServer,
        "Microsoft.Data.Sqlite" or "System.Data.SQLite" => DbSystem.Sqlite,
        "MySqlConnector" or "MySql.Data.MySqlClient" => DbSystem.MySql,
        "Oracle.ManagedDataAccess.Client" => DbSystem.Oracle,
        _ => DbSystem.Other,
    };

    private static string? Namespace(object ofDriver) => ofDriver.GetType().Namespace;
}
