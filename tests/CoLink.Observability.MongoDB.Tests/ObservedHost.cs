using CoLink.Observability.MongoDB.Tests.Stub;
using CoLink.Observability.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CoLink.Observability.MongoDB.Tests;

/// <summary>An app with the one call beside a server, and clients of it that are closed with it.</summary>
internal sealed class ObservedHost : IAsyncDisposable
{
    private readonly List<MongoClient> _clients = [];

    private ObservedHost(RunningApp app) => App = app;

    public StubServer Server { get; } = new();

    public RunningApp App { get; }

    public static async Task<ObservedHost> StartAsync(Action<CoLinkObservabilityOptions>? options = null) => new(await RunningApp.StartAsync(options: options));

    public MongoClient Client(MongoClientSettings? settings = null)
    {
        var client = new MongoClient((settings ?? Server.Settings()).WithCoLinkMetrics(App.Services));
        _clients.Add(client);
        return client;
    }

    public static IMongoCollection<BsonDocument> Collection(MongoClient client) => client.GetDatabase("shop").GetCollection<BsonDocument>("c");

    public static double? Count(Scrape scrape, string operation) => scrape.Value("db_query_duration_seconds_count", ("system", "mongodb"), ("operation", operation));

    public double? Connections(Scrape scrape, string state) =>
        scrape.Value($"db_connections_{state}", ("system", "mongodb"), ("database", ""), ("pool", Server.Address));

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await Server.DisposeAsync();
        await App.DisposeAsync();
    }
}
