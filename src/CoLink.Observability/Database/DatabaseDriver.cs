using System.Data.Common;
using System.Runtime.CompilerServices;

namespace CoLink.Observability.Database;

/// <summary>A driver, known by the class of its connections.</summary>
/// <param name="Namespace">The namespace of that class.</param>
/// <param name="System">Whose client it is.</param>
/// <param name="Major">The version of its assembly.</param>
internal sealed record DatabaseDriver(string Namespace, DbSystem System, int Major)
{
    public const string NpgsqlNamespace = "Npgsql";

    /// <summary>From 10 on Npgsql has an activity for each physical connection, and so says itself why one could not be had.</summary>
    public bool TellsConnectionErrors => Namespace != NpgsqlNamespace || Major >= 10;

    public static DatabaseDriver Of(Type connection)
    {
        var name = connection.Namespace ?? "";
        return new DatabaseDriver(name, SystemOf(name), connection.Assembly.GetName().Version?.Major ?? 0);
    }

    private static DbSystem SystemOf(string name) => name switch
    {
        NpgsqlNamespace => DbSystem.PostgreSql,
        "Microsoft.Data.SqlClient" or "System.Data.SqlClient" => DbSystem.SqlServer,
        "Microsoft.Data.Sqlite" or "System.Data.SQLite" => DbSystem.Sqlite,
        "MySqlConnector" or "MySql.Data.MySqlClient" => DbSystem.MySql,
        _ => name.StartsWith("Oracle.ManagedDataAccess", StringComparison.Ordinal) ? DbSystem.Oracle : DbSystem.Other,
    };

    /// <summary>Remembers the drivers it has met, as long as their classes are loaded.</summary>
    internal sealed class Known
    {
        private readonly ConditionalWeakTable<Type, DatabaseDriver> _drivers = [];

        public DatabaseDriver Of(DbConnection connection)
        {
            var type = connection.GetType();
            return _drivers.TryGetValue(type, out var driver) ? driver : _drivers.GetValue(type, DatabaseDriver.Of);
        }
    }
}
