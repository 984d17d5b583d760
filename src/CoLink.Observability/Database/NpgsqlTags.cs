using System.Diagnostics;

namespace CoLink.Observability.Database;

/// <summary>What is read from an activity of Npgsql's, in one pass; versions 10 and 9 have other names. Tags that are not known are passed over.</summary>
internal readonly struct NpgsqlTags
{
    private readonly string? _operationName;

    private NpgsqlTags(string? statement, string? operationName, string? dataSource, string? database, string? errorType, bool isError) =>
        (Statement, _operationName, DataSource, Database, ErrorType, IsError) = (statement, operationName, dataSource, database, errorType, isError);

    /// <summary>Null where it is no command.</summary>
    public string? Statement { get; }

    /// <summary>The name of the data source, or its connection string without the password; version 10 has it.</summary>
    public string? DataSource { get; }

    public string? Database { get; }

    /// <summary>An SQLSTATE or the name of an exception; version 10 has it.</summary>
    public string? ErrorType { get; }

    public bool IsError { get; }

    /// <summary>The statement of a stored procedure, of a table and of a COPY is a name or begins otherwise, and the driver says what it does.</summary>
    public DbOperation Operation => _operationName switch
    {
        null => SqlOperation.Of(Statement),
        "CALL" => DbOperation.Procedure,
        _ when _operationName.StartsWith("COPY", StringComparison.Ordinal) => DbOperation.Copy,
        _ => SqlOperation.Of(_operationName),
    };

    public static NpgsqlTags Of(Activity activity)
    {
        string? statement = null, operation = null, source = null, database = null, errorType = null;
        var isError = activity.Status == ActivityStatusCode.Error;
        foreach (ref readonly var tag in activity.EnumerateTagObjects())
        {
            switch (tag.Key)
            {
                case "db.query.text" or "db.statement":
                    statement = tag.Value as string;
                    break;
                case "db.operation.name" or "db.operation":
                    operation = tag.Value as string;
                    break;
                case "db.npgsql.data_source":
                    source = tag.Value as string;
                    break;
                case "db.namespace" or "db.name":
                    database = tag.Value as string;
                    break;
                case "error.type":
                    errorType = tag.Value as string;
                    break;
                case "otel.status_code":
                    isError |= tag.Value is "ERROR";
                    break;
            }
        }

        return new NpgsqlTags(statement, operation, source, database, errorType, isError);
    }

    /// <summary>Whether the caller gave up.</summary>
    public bool IsCancelled(Activity activity)
    {
        if (ErrorType is not null)
            return Cancellation.Is(ErrorType);
        foreach (ref readonly var happened in activity.EnumerateEvents())
        {
            foreach (ref readonly var tag in happened.EnumerateTagObjects())
            {
                if (tag.Key == "exception.type")
                    return Cancellation.Is(tag.Value as string);
            }
        }

        return false;
    }
}
