using MongoDB.Bson;

namespace CoLink.Observability.MongoDB.Tests.Stub;

/// <summary>What a server with empty collections says.</summary>
internal static class Answers
{
    public static BsonDocument To(string name, BsonDocument command, int connection) => name switch
    {
        "hello" or "isMaster" or "ismaster" => Hello(connection),
        "find" => Cursor(command, "firstBatch", new BsonDocument("_id", 1), command.GetValue("batchSize", 0).ToInt32() == 1 ? 7 : 0),
        "getMore" => Cursor(command, "nextBatch", new BsonDocument("_id", 2), 0),
        "aggregate" => Cursor(command, "firstBatch", new BsonDocument("n", 5), 0),
        "distinct" => new BsonDocument { { "values", new BsonArray { 1 } }, { "ok", 1 } },
        "count" => new BsonDocument { { "n", 5 }, { "ok", 1 } },
        "insert" or "delete" => new BsonDocument { { "n", 1 }, { "ok", 1 } },
        "update" => new BsonDocument { { "n", 1 }, { "nModified", 1 }, { "ok", 1 } },
        "findAndModify" => new BsonDocument { { "value", new BsonDocument("_id", 1) }, { "ok", 1 } },
        _ => new BsonDocument("ok", 1),
    };

    private static BsonDocument Hello(int connection) => new()
    {
        { "ismaster", true },
        { "isWritablePrimary", true },
        { "helloOk", true },
        { "maxBsonObjectSize", 16_777_216 },
        { "maxMessageSizeBytes", 48_000_000 },
        { "maxWriteBatchSize", 100_000 },
        { "logicalSessionTimeoutMinutes", 30 },
        { "connectionId", connection },
        { "minWireVersion", 0 },
        { "maxWireVersion", 21 },
        { "readOnly", false },
        { "ok", 1 },
    };

    private static BsonDocument Cursor(BsonDocument command, string batch, BsonDocument document, long id) => new()
    {
        { "cursor", new BsonDocument { { batch, new BsonArray { document } }, { "id", id }, { "ns", $"{command["$db"].AsString}.c" } } },
        { "ok", 1 },
    };
}
