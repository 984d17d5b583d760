namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>The tests that share the running services, one after the other.</summary>
[CollectionDefinition(nameof(LivePlatform))]
public sealed class LivePlatform : ICollectionFixture<MonitoredPlatform>;
