using System.Data.Common;

namespace CoLink.Observability.Database;

/// <summary>Reads what Npgsql calls a pool.</summary>
internal static class NpgsqlPoolName
{
    /// <summary>A string has keys and values; the name of a data source, which somebody chose, has none.</summary>
    public static bool IsConnectionString(string name) => name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains(';', StringComparison.Ordinal);

    /// <summary>The database of a connection string, the user's own where none is named, as PostgreSQL has it; null where the string cannot be read.</summary>
    public static string? Database(string connectionString)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            return Value(parts, "Database", "DB") ?? Value(parts, "Username", "User Name", "User ID", "UserId", "UID", "User");
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string? Value(DbConnectionStringBuilder parts, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (parts.TryGetValue(key, out var value) && value is string { Length: > 0 } text)
                return text;
        }

        return null;
    }
}
