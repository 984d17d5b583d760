using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CoLink.Observability.Database.Spans;

/// <summary>The number or the state by which a database names what went wrong. It is asked for where a command failed, and may take its time.</summary>
internal static class FailureCode
{
    /// <summary>Null where there is none: the driver gave up by itself, or it was no driver's exception.</summary>
    public static string? Of(Exception? failure) => failure is not DbException database ? null
        : database.SqlState is { Length: > 0 } state ? state
        : Number(database, "Number") ?? Number(database, "SqliteErrorCode");

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Where the property was trimmed away, the span has no code.")]
    private static string? Number(DbException exception, string property) =>
        exception.GetType().GetProperty(property, typeof(int))?.GetValue(exception) is int number ? number.ToString(CultureInfo.InvariantCulture) : null;
}
