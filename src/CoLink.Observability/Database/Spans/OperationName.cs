using System.Data;
using System.Data.Common;

namespace CoLink.Observability.Database.Spans;

/// <summary>
/// What a statement does, by the word that it begins with, as spans are named by it. A word that is not listed here may be anything,
/// also a part of somebody's data, and is not shown. It never throws, and allocates nothing.
/// </summary>
internal static class OperationName
{
    private static readonly string[] Words =
    [
        "CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "GRANT", "REVOKE", "COMMENT", "VACUUM", "REINDEX", "ANALYZE", "CLUSTER", "REFRESH",
        "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "SAVE", "RELEASE", "END", "ABORT",
        "CALL", "EXEC", "EXECUTE", "COPY", "BULK", "PRAGMA", "SET", "SHOW", "USE", "EXPLAIN", "DECLARE", "DO", "LOCK", "UNLOCK", "ATTACH", "DETACH", "IF", "WAITFOR",
    ];

    /// <summary>Null where it cannot be told.</summary>
    public static string? Of(DbCommand command) => command.CommandType switch
    {
        CommandType.StoredProcedure => "CALL",
        CommandType.TableDirect => "SELECT",
        _ => Of(command.CommandText),
    };

    /// <summary>Several that go to the server as one.</summary>
    public static string? Of(DbBatchCommandCollection commands)
    {
        var found = default(string);
        for (var i = 0; i < commands.Count; i++)
        {
            var operation = Of(commands[i].CommandText);
            if (operation is null || (found is not null && found != operation))
                return commands.Count > 1 ? "BATCH" : operation;
            found = operation;
        }

        return commands.Count > 1 ? $"BATCH {found}" : found;
    }

    /// <param name="sql">A statement, or several; the first one counts.</param>
    public static string? Of(ReadOnlySpan<char> sql) => SqlOperation.Of(sql) switch
    {
        DbOperation.Select => "SELECT",
        DbOperation.Insert => "INSERT",
        DbOperation.Update => "UPDATE",
        DbOperation.Delete => "DELETE",
        DbOperation.Merge => "MERGE",
        _ => FirstWord(sql),
    };

    private static string? FirstWord(ReadOnlySpan<char> sql)
    {
        var scanner = new SqlScanner(sql.Length > SqlOperation.MaxLength ? sql[..SqlOperation.MaxLength] : sql);
        scanner.SkipToStatement();
        var first = scanner.Word();
        foreach (var word in Words)
        {
            if (first.Equals(word, StringComparison.OrdinalIgnoreCase))
                return word;
        }

        return null;
    }
}
