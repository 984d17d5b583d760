namespace CoLink.Observability.Monitoring.Platforms;

/// <summary>Where an alert's line is. The defaults are the handbook's where it names one.</summary>
internal sealed record Thresholds
{
    /// <summary>Part of a service's requests that fail; a page.</summary>
    public decimal ErrorRatio { get; init; } = 0.05m;

    /// <summary>Failed requests within five minutes below which a ratio says nothing: one of three is no outage.</summary>
    public decimal ErrorMinimum { get; init; } = 5;

    /// <summary>Seconds within which 95 of 100 requests must be answered.</summary>
    public decimal LatencyP95 { get; init; } = 1;

    /// <summary>Requests within five minutes below which a quantile is noise.</summary>
    public decimal LatencyMinimum { get; init; } = 20;

    /// <summary>Requests within the long window below which a burn rate is noise.</summary>
    public decimal BurnMinimum { get; init; } = 100;

    /// <summary>Part of the CPU limit.</summary>
    public decimal Cpu { get; init; } = 0.8m;

    /// <summary>Part of the memory limit.</summary>
    public decimal Memory { get; init; } = 0.9m;

    /// <summary>Part of periods in which a container was throttled.</summary>
    public decimal Throttled { get; init; } = 0.25m;

    /// <summary>Part of a disk that may be filled.</summary>
    public decimal Disk { get; init; } = 0.85m;

    /// <summary>Part of a connection pool in use.</summary>
    public decimal Pool { get; init; } = 0.9m;

    /// <summary>Connection errors within five minutes.</summary>
    public decimal ConnectionErrors { get; init; } = 5;

    /// <summary>Seconds within which 95 of 100 queries must be answered.</summary>
    public decimal SlowQuery { get; init; } = 1;

    /// <summary>Part of a store's own connections, or of its memory for Redis.</summary>
    public decimal StoreConnections { get; init; } = 0.8m;

    /// <summary>Part of the reads that a cache answers, below which it does not pay.</summary>
    public decimal CacheHitRatio { get; init; } = 0.5m;

    /// <summary>Part of the sockets that may go within ten minutes.</summary>
    public decimal SocketDrop { get; init; } = 0.5m;

    /// <summary>Sockets of a service below which a part says nothing.</summary>
    public decimal SocketMinimum { get; init; } = 50;

    /// <summary>Abnormal disconnections a minute, as a part of the open sockets.</summary>
    public decimal SocketDisconnects { get; init; } = 0.2m;

    /// <summary>Samples of one scrape that are worth a look.</summary>
    public decimal Samples { get; init; } = 50_000;
}
