using System.Data;
using System.Data.Common;
using System.Text;

namespace CoLink.Observability.Database;

/// <summary>Reads from a statement what it does, and keeps nothing of it. It never throws, and allocates nothing.</summary>
/// <remarks>
/// The first keyword decides, after blanks, comments, opening parentheses and common table expressions. What changes neither data
/// nor schema, or cannot be told, is <see cref="DbOperation.Other"/>: SET, SHOW, PRAGMA, USE, LOCK; DO and DECLARE, which are programs;
/// and EXPLAIN, because the time of a plan is not the time of what it explains.
/// </remarks>
internal static class SqlOperation
{
    /// <summary>How many characters are looked at. A statement whose keyword stands behind them is <see cref="DbOperation.Other"/>.</summary>
    public const int MaxLength = 8_192;

    private const int LongestKeyword = 11;

    public static DbOperation Of(DbCommand command) => command.CommandType switch
    {
        CommandType.StoredProcedure => DbOperation.Procedure,
        CommandType.TableDirect => DbOperation.Select,
        _ => Of(command.CommandText),
    };

    /// <param name="sql">A statement, or several; the first one counts.</param>
    public static DbOperation Of(ReadOnlySpan<char> sql) => Usual(sql) ?? Scanned(sql);

    /// <summary>Nearly every statement begins with one of these and a blank, and is told for a sixth of what the scanner takes.</summary>
    private static DbOperation? Usual(ReadOnlySpan<char> sql)
    {
        const int Length = 6;
        if (sql.Length <= Length || !char.IsWhiteSpace(sql[Length]))
            return null;
        var verb = sql[..Length];
        return verb.Equals("select", StringComparison.OrdinalIgnoreCase) ? DbOperation.Select
            : verb.Equals("insert", StringComparison.OrdinalIgnoreCase) ? DbOperation.Insert
            : verb.Equals("update", StringComparison.OrdinalIgnoreCase) ? DbOperation.Update
            : verb.Equals("delete", StringComparison.OrdinalIgnoreCase) ? DbOperation.Delete
            : null;
    }

    private static DbOperation Scanned(ReadOnlySpan<char> sql)
    {
        var scanner = new SqlScanner(sql.Length > MaxLength ? sql[..MaxLength] : sql);
        scanner.SkipToStatement();
        Span<char> buffer = stackalloc char[LongestKeyword];
        return Lower(scanner.Word(), buffer) switch
        {
            "select" or "values" or "table" => DbOperation.Select,
            "insert" or "replace" or "upsert" => DbOperation.Insert,
            "update" => DbOperation.Update,
            "delete" => DbOperation.Delete,
            "with" => AfterExpressions(ref scanner),
            "merge" => DbOperation.Merge,
            "create" or "alter" or "drop" or "truncate" or "rename" or "grant" or "revoke" or "comment" => DbOperation.Ddl,
            "vacuum" or "reindex" or "analyze" or "cluster" or "refresh" => DbOperation.Ddl,
            "commit" or "rollback" or "savepoint" or "save" or "release" or "start" or "end" or "abort" => DbOperation.Transaction,
            "begin" => Begun(ref scanner),
            "call" or "exec" or "execute" => DbOperation.Procedure,
            "copy" or "bulk" => DbOperation.Copy,
            _ => DbOperation.Other,
        };
    }

    /// <summary>
    /// The main verb of a WITH. Verbs of the expressions stand in parentheses, which are skipped whole. Most verbs are no reserved
    /// words and may name an expression: what follows WITH or a comma is a name.
    /// </summary>
    private static DbOperation AfterExpressions(ref SqlScanner scanner)
    {
        Span<char> buffer = stackalloc char[LongestKeyword];
        var isName = true;
        for (var before = SqlToken.Other; ;)
        {
            var token = scanner.Next(out var word, afterGroup: before == SqlToken.Group);
            switch (token)
            {
                case SqlToken.End:
                    return DbOperation.Other;
                case SqlToken.Comma:
                    isName = true;
                    break;
                case SqlToken.Word when isName:
                    // Every dialect has it before a name only, never as one that is used.
                    isName = Lower(word, buffer) is "recursive";
                    break;
                case SqlToken.Word when Verb(Lower(word, buffer)) is { } verb:
                    return verb;
                case SqlToken.Quoted:
                    isName = false;
                    break;
            }

            before = token;
        }
    }

    private static DbOperation? Verb(ReadOnlySpan<char> word) => word switch
    {
        "select" or "values" or "table" => DbOperation.Select,
        "insert" or "replace" => DbOperation.Insert,
        "update" => DbOperation.Update,
        "delete" => DbOperation.Delete,
        "merge" => DbOperation.Merge,
        _ => null,
    };

    /// <summary>In some dialects BEGIN opens a block of statements too.</summary>
    private static DbOperation Begun(ref SqlScanner scanner)
    {
        Span<char> buffer = stackalloc char[LongestKeyword];
        var token = scanner.Next(out var word, afterGroup: false);
        return token is not SqlToken.Word || Lower(word, buffer) is
            "transaction" or "tran" or "work" or "isolation" or "read" or "not" or "deferred" or "deferrable" or "immediate" or "exclusive" or "concurrent" or "distributed"
            ? DbOperation.Transaction : DbOperation.Other;
    }

    private static ReadOnlySpan<char> Lower(ReadOnlySpan<char> word, Span<char> buffer) =>
        word.Length <= buffer.Length && Ascii.ToLower(word, buffer, out var length) == System.Buffers.OperationStatus.Done ? buffer[..length] : [];
}
