using System.Diagnostics;

namespace CoLink.Observability.Tests.Database;

/// <summary>The activities of MongoDB.Driver: one for an operation, and inside it one for each command sent.</summary>
internal sealed class FakeMongoDb : IDisposable
{
    private readonly ActivitySource _source = new("MongoDB.Driver");

    /// <summary>The activity of an operation; null where nobody listens. Its tags come as the driver gives them: a boxed TagList.</summary>
    public Activity? Begin(string operation, string? database, string? name) =>
        _source.StartActivity(ActivityKind.Client, tags: new TagList { { "db.system", "mongodb" }, { "db.operation.name", operation }, { "db.namespace", database } }, name: name ?? operation);

    public Activity? BeginCommand(string name) =>
        _source.StartActivity(ActivityKind.Client, tags: new TagList { { "db.system", "mongodb" }, { "db.command.name", name } }, name: name);

    public Activity? BeginTagged(string name, params KeyValuePair<string, object?>[] tags) => _source.StartActivity(ActivityKind.Client, tags: tags, name: name);

    /// <summary>An operation of one command.</summary>
    public void Run(string operation, string database)
    {
        using var activity = Begin(operation, database, $"{operation} {database}");
        using var command = BeginCommand(operation);
    }

    public void Dispose() => _source.Dispose();
}
