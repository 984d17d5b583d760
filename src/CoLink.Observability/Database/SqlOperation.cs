namespace CoLink.Observability.Database;

/// <summary>Reads from a statement what it does, and keeps nothing of it.</summary>
internal static class SqlOperation
{
    /// <param name="sql">A statement, or several; the first one counts.</param>
    public static DbOperation Of(ReadOnlySpan<char> sql) => sql.StartsWith("select", StringComparison.OrdinalIgnoreCase) ? DbOperation.Select : DbOperation.Other;
}
