namespace CoLink.Observability.Database;

/// <summary>The kind of database, in the order of the catalogue's label.</summary>
internal enum DbSystem
{
    PostgreSql,
    SqlServer,
    Sqlite,
    MySql,
    Oracle,
    MongoDb,
    Other,
}

/// <summary>The kind of command, in the order of the catalogue's label.</summary>
internal enum DbOperation
{
    Select,
    Insert,
    Update,
    Delete,
    Merge,
    Ddl,
    Transaction,
    Procedure,
    Copy,
    Find,
    Aggregate,
    Count,
    Distinct,
    Command,
    Other,
}

/// <summary>Why a connection could not be had, in the order of the catalogue's label.</summary>
internal enum ConnectionFailure
{
    Refused,
    Authentication,
    MissingDatabase,
    PoolExhausted,
    Timeout,
    Other,
}
