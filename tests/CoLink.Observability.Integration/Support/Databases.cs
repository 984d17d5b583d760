namespace CoLink.Observability.Integration.Support;

/// <summary>Tests of database drivers: these are heard by the whole process, so only one test may use them at a time.</summary>
[CollectionDefinition(nameof(Databases), DisableParallelization = true)]
public sealed class Databases : ICollectionFixture<PostgresFixture>;
