namespace CoLink.Observability.Registry.Meters;

/// <summary>
/// The totals that one observable counter gave, by series. A series may be filled by several instruments and grows by what each has
/// counted since it was asked last, so one that ends or begins anew takes nothing from the others. Only collections use it.
/// </summary>
internal sealed class InstrumentTotals
{
    private readonly Dictionary<CounterSeries, double> _last = [];
    private readonly Dictionary<CounterSeries, double> _observed = [];

    public void Gather(CounterSeries series, double total) => _observed[series] = _observed.GetValueOrDefault(series) + Math.Max(0, total);

    public void Settle()
    {
        foreach (var (series, total) in _observed)
        {
            var last = _last.GetValueOrDefault(series);
            if (total >= last)
                series.Inc(total - last);

            // Lower: it began anew, and all of it is new. Not so where refused values are folded into one series: there it is lower
            // because one of them is gone, and the others would be counted twice.
            else if (!series.IsOverflow)
                series.Inc(total);
            _last[series] = total;
        }

        _observed.Clear();
    }
}
