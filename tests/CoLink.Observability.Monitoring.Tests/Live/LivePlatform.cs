namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>The tests that share the running services, one after the other, and with the machine to themselves: their time is compressed.</summary>
[CollectionDefinition(nameof(LivePlatform), DisableParallelization = true)]
public sealed class LivePlatform : ICollectionFixture<MonitoredPlatform>;
