using System.Data.Common;
using System.Net.Sockets;

namespace CoLink.Observability.Database;

/// <summary>Why a connection could not be had, read from what the driver threw or noted.</summary>
internal static class ConnectionFailures
{
    private const string TimedOut = "timed out";

    /// <param name="exception">What opening it threw; what it wraps is looked at too.</param>
    public static ConnectionFailure Of(Exception? exception)
    {
        for (var depth = 0; exception is not null && depth < 8; exception = exception.InnerException, depth++)
        {
            if (exception is DbException { SqlState: { Length: 5 } state } && OfSqlState(state) is var known and not ConnectionFailure.Other)
                return known;
            if (exception is SocketException socket)
                return socket.SocketErrorCode == SocketError.TimedOut ? ConnectionFailure.Timeout : ConnectionFailure.Refused;
            if (exception is TimeoutException)
                return IsPoolExhausted(exception) ? ConnectionFailure.PoolExhausted : ConnectionFailure.Timeout;
            if (exception is DbException or InvalidOperationException)
            {
                if (IsPoolExhausted(exception))
                    return ConnectionFailure.PoolExhausted;
                if (IsMissingFile(exception.Message))
                    return ConnectionFailure.MissingDatabase;
            }
        }

        return ConnectionFailure.Other;
    }

    /// <param name="errorType">An activity's <c>error.type</c>: an SQLSTATE or the name of an exception.</param>
    /// <param name="description">The description of its status.</param>
    public static ConnectionFailure Of(string? errorType, string? description) => errorType switch
    {
        "System.TimeoutException" => ConnectionFailure.Timeout,
        "System.Net.Sockets.SocketException" => description?.Contains(TimedOut, StringComparison.OrdinalIgnoreCase) == true ? ConnectionFailure.Timeout : ConnectionFailure.Refused,
        { Length: 5 } state => OfSqlState(state),
        _ => ConnectionFailure.Other,
    };

    /// <summary>
    /// Class 28 is invalid authorization, 08 a connection that failed. A server that is full, starting or stopping turns the client
    /// away as one that does not listen: either way there is no server to be had, and no setting of this client's would help.
    /// </summary>
    public static ConnectionFailure OfSqlState(string state) => state switch
    {
        "3D000" => ConnectionFailure.MissingDatabase,
        "53300" or "57P01" or "57P02" or "57P03" => ConnectionFailure.Refused,
        _ when state.StartsWith("28", StringComparison.Ordinal) => ConnectionFailure.Authentication,
        _ when state.StartsWith("08", StringComparison.Ordinal) => ConnectionFailure.Refused,
        _ => ConnectionFailure.Other,
    };

    /// <summary>Drivers have no code for it, only a sentence: those of Npgsql, of SqlClient and Oracle, and of MySqlConnector.</summary>
    public static bool IsPoolExhausted(Exception exception) =>
        exception.Message.Contains("pool has been exhausted", StringComparison.Ordinal)
        || exception.Message.Contains("obtaining a connection from the pool", StringComparison.Ordinal)
        || exception.Message.Contains("pooled connections are in use", StringComparison.OrdinalIgnoreCase)
        || exception.Message.Contains("pooled connection request timed out", StringComparison.OrdinalIgnoreCase);

    /// <summary>SQLITE_CANTOPEN, which Microsoft.Data.Sqlite keeps in its message and in a property of its own class.</summary>
    private static bool IsMissingFile(string message) => message.StartsWith("SQLite Error 14:", StringComparison.Ordinal);
}
