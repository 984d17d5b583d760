namespace CoLink.Observability.Benchmarks.Everything;

/// <summary>What is told of a request.</summary>
[Flags]
public enum Signals
{
    /// <summary>The pipeline alone.</summary>
    None = 0,

    /// <summary>Counted and timed.</summary>
    Metrics = 1,

    /// <summary>A span, exported to a collector by gRPC.</summary>
    Traces = 2,

    /// <summary>A line, pushed to Loki.</summary>
    Logs = 4,

    /// <summary>The three of them.</summary>
    All = Metrics | Traces | Logs,
}

/// <summary>By whom.</summary>
public enum Wiring
{
    /// <summary>Nobody.</summary>
    Bare,

    /// <summary>The one call.</summary>
    CoLink,

    /// <summary>prometheus-net with what it listens to by default, OpenTelemetry and Serilog, as their READMEs have it.</summary>
    ByHand,

    /// <summary>The same after <c>Metrics.SuppressDefaultMetrics()</c>.</summary>
    ByHandLean,
}

/// <param name="Wiring">By whom.</param>
/// <param name="Signals">Which signals.</param>
/// <param name="Ratio">Of the traces that are kept.</param>
internal sealed record Setup(Wiring Wiring, Signals Signals, double Ratio = 1)
{
    public static readonly Setup Bare = new(Wiring.Bare, Signals.None);
}
