namespace CoLink.Observability.Registry.Meters;

/// <summary>An instrument with the metric that it fills and the way to the metric's unit.</summary>
internal sealed class PublishedInstrument(MeterFamily family, InstrumentUnit unit)
{
    public MeterFamily Family { get; } = family;

    /// <summary>What it gave so far, where it is an observable counter.</summary>
    public InstrumentTotals Totals { get; } = new();

    public double Scale(double value) => unit.Scale(value);
}
