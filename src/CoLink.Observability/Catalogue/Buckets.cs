namespace CoLink.Observability.Catalogue;

/// <summary>Bucket sets, each with its reason.</summary>
public static class Buckets
{
    /// <summary>
    /// A request of a service, in seconds: 5 ms to 10 s. The bounds hold the platform's objectives, 0.5 s and 1 s, exactly,
    /// so that a ratio of requests within an objective needs no interpolation.
    /// </summary>
    public static IReadOnlyList<double> RequestSeconds { get; } = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    /// <summary>A query or a cached call, in seconds: 1 ms to 10 s. Two bounds lower than a request's, since a healthy query ends within a millisecond or two.</summary>
    public static IReadOnlyList<double> QuerySeconds { get; } = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    /// <summary>A connection that stays, in seconds: 1 s to 24 h; a socket ends on a proxy's idle time-out, a laptop's lid or a rollout.</summary>
    public static IReadOnlyList<double> LifetimeSeconds { get; } = [1, 5, 15, 60, 300, 900, 3600, 14400, 28800, 86400];

    /// <summary>A scrape, in seconds: 1 ms to 10 s, Prometheus' default time-out.</summary>
    internal static IReadOnlyList<double> ScrapeSeconds { get; } = [.001, .005, .025, .1, .5, 1, 2.5, 5, 10];

    /// <summary>A share: tenths, with finer steps at the ends, where a share says most.</summary>
    internal static IReadOnlyList<double> Ratios { get; } = [.01, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, 1];

    /// <summary>Counts and sizes of meters that advise no bounds, from 1 to 16 Mi: powers of four tell magnitudes apart in 13 lines.</summary>
    internal static IReadOnlyList<double> Magnitudes { get; } = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

    /// <summary>A push over the network, in seconds: 5 ms to 10 s, the default time-out.</summary>
    internal static IReadOnlyList<double> PushSeconds => RequestSeconds;
}
