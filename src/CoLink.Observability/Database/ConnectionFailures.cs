using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Security.Authentication;

namespace CoLink.Observability.Database;

/// <summary>
/// Reads from an exception, or from what an activity notes of one, why a connection could not be had. What it says in words is not
/// looked at, because words are translated, but for the one case in which a driver has nothing else.
/// </summary>
internal static class ConnectionFailures
{
    /// <summary>Deep enough for any driver's nesting, and an end where an exception contains itself.</summary>
    private const int MaxDepth = 8;

    /// <param name="exception">What the driver threw; null where it did not say.</param>
    public static ConnectionFailure Of(Exception? exception)
    {
        for (var depth = 0; exception is not null && depth < MaxDepth; depth++)
        {
            if (Reason(exception) is { } reason)
                return reason;
            exception = exception is AggregateException { InnerExceptions: [var first, ..] } ? first : exception.InnerException;
        }

        return ConnectionFailure.Other;
    }

    /// <param name="errorType">An activity's <c>error.type</c>: an SQLSTATE or the name of an exception.</param>
    /// <param name="description">The description of its status.</param>
    public static ConnectionFailure Of(string? errorType, string? description) => errorType switch
    {
        "System.TimeoutException" => ConnectionFailure.Timeout,

        // The system's own sentence is all that is left of the socket's error.
        "System.Net.Sockets.SocketException" => description?.Contains("timed out", StringComparison.OrdinalIgnoreCase) == true ? ConnectionFailure.Timeout : ConnectionFailure.Refused,
        "System.Security.Authentication.AuthenticationException" => ConnectionFailure.Authentication,
        _ => OfSqlState(errorType) ?? ConnectionFailure.Other,
    };

    private static ConnectionFailure? Reason(Exception exception) => exception switch
    {
        SocketException socket => OfSocket(socket.SocketErrorCode),
        DbException when IsNpgsqlsExhaustedPool(exception) => ConnectionFailure.PoolExhausted,
        TimeoutException => ConnectionFailure.Timeout,
        AuthenticationException => ConnectionFailure.Authentication,
        DbException database => OfSqlState(database.SqlState) ?? OfNumber(database) ?? OfSqlite(database),
        _ => null,
    };

    private static ConnectionFailure? OfSocket(SocketError error) => error switch
    {
        SocketError.TimedOut => ConnectionFailure.Timeout,
        // On Linux SqlClient makes the exception anew, and loses the number.
        SocketError.Success => ConnectionFailure.Refused,
        SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.HostNotFound => ConnectionFailure.Refused,
        _ => null,
    };

    /// <summary>
    /// The standard's classes: 28 is authorization, 3D a database that does not exist, 08 a connection that failed. A PostgreSQL that
    /// is full (53300), starting or stopping (57P0x) turns a client away as one that does not listen: there is no server to be had.
    /// </summary>
    private static ConnectionFailure? OfSqlState(string? state) => state is not { Length: 5 } ? null : state[..2] switch
    {
        "28" => ConnectionFailure.Authentication,
        "3D" => ConnectionFailure.MissingDatabase,
        "08" => ConnectionFailure.Refused,
        _ => state is "53300" or "57P01" or "57P02" or "57P03" ? ConnectionFailure.Refused : null,
    };

    private static bool IsNpgsqlsExhaustedPool(Exception exception) =>
        exception.InnerException is TimeoutException && exception.Message.StartsWith("The connection pool has been exhausted", StringComparison.Ordinal);

    /// <summary>SqlClient's numbers are those of the server, of Windows, of Linux, and -2 for its own clock; the others are MySQL's and Oracle's.</summary>
    private static ConnectionFailure? OfNumber(DbException exception) => Property(exception, "Number") switch
    {
        18456 or 18452 or 18470 or 18486 or 18487 or 18488 or 1045 or 1017 => ConnectionFailure.Authentication,
        4060 or 911 or 1049 or 12514 => ConnectionFailure.MissingDatabase,
        -2 or 258 or 10060 or 110 or 12170 => ConnectionFailure.Timeout,
        2 or 40 or 53 or 111 or 1225 or 10061 or 10065 or 11001 or 1042 or 12541 => ConnectionFailure.Refused,
        _ => null,
    };

    /// <summary>A file that cannot be opened, and an authorizer's no.</summary>
    private static ConnectionFailure? OfSqlite(DbException exception) => Property(exception, "SqliteErrorCode") switch
    {
        14 => ConnectionFailure.MissingDatabase,
        23 => ConnectionFailure.Authentication,
        5 or 6 => ConnectionFailure.Timeout,
        _ => null,
    };

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Where the property was trimmed away, the failure is one of the others.")]
    private static int? Property(DbException exception, string name) => exception.GetType().GetProperty(name, typeof(int))?.GetValue(exception) as int?;
}
