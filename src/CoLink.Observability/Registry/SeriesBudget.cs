using CoLink.Observability.Catalogue;
namespace CoLink.Observability.Registry;

/// <summary>
/// What is left of a metric's cap, and the one warning that says it is spent. One metric has one budget, also where meters record
/// it under several sets of labels.
/// </summary>
internal sealed class SeriesBudget(string metric, int limit, Action<LabelRefusal> warn)
{
    private int _used;
    private int _warned;

    public bool IsSpent => Volatile.Read(ref _used) >= limit;

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _used) <= limit)
            return true;
        Interlocked.Decrement(ref _used);
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _used);

    /// <summary>Warns once in the life of the metric. It runs on the thread of a request, so the telling itself is queued.</summary>
    public void Warn(MetricLabel[] labels, ReadOnlySpan<string> refused, IEnumerable<string[]> admitted)
    {
        if (Volatile.Read(ref _warned) != 0 || Interlocked.Exchange(ref _warned, 1) != 0)
            return;
        var refusal = new LabelRefusal(metric, limit, labels, refused.ToArray(), admitted);
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.warn(state.refusal), (warn, refusal), preferLocal: false);
    }
}
