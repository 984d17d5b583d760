using CoLink.Observability.Catalogue;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Registry;

/// <summary>
/// What is left of a metric's cap, and the one warning that says it is spent. One metric has one budget, also where meters record
/// it under several sets of labels.
/// </summary>
internal sealed class SeriesBudget(string metric, int limit, ILogger logger, Action countError)
{
    private int _used;
    private int _warnedOfCap;
    private int _warnedOfValue;
    private int _warnedOfNumber;

    public bool IsSpent => Volatile.Read(ref _used) >= limit;

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _used) <= limit)
            return true;
        Interlocked.Decrement(ref _used);
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _used);

    /// <summary>Whether the caller is the first to refuse for the cap, and so the one who warns. A flood asks a million times: it must cost nothing.</summary>
    public bool IsFirstBeyondCap() => First(ref _warnedOfCap);

    /// <summary>Whether the caller is the first to refuse a value that a bounded label does not name.</summary>
    public bool IsFirstUnknownValue() => First(ref _warnedOfValue);

    /// <summary>As many label values as the metric has labels were expected, and fewer or more were given: a mistake of the caller's.</summary>
    public void Miscounted(MetricLabel[] labels, int given)
    {
        countError();
        if (First(ref _warnedOfNumber))
            Queue(() => Log.LabelValuesMiscounted(logger, metric, given, labels.Length, string.Join(", ", labels.Select(label => label.Name))));
    }

    /// <summary>It runs on the thread of a request, so the telling is queued, and what was admitted is read only then.</summary>
    public void WarnOfCap(MetricLabel[] labels, string?[] refused, IEnumerable<string[]> admitted) =>
        Queue(() => Log.LabelValuesRefused(logger, metric, limit, LabelRefusal.Describe(labels, refused, admitted)));

    public void WarnOfValue(MetricLabel label, string? value) =>
        Queue(() => Log.LabelValueUnknown(logger, metric, LabelRefusal.Quote(LabelValues.Clean(value)), label.Name, string.Join(", ", label.Values)));

    private static bool First(ref int warned) => Volatile.Read(ref warned) == 0 && Interlocked.Exchange(ref warned, 1) == 0;

    /// <summary>What escapes a work item ends the process, and a provider of logs is the app's: it may throw.</summary>
    private static void Queue(Action warn) => ThreadPool.UnsafeQueueUserWorkItem(static action => SafeLog.Write(action), warn, preferLocal: false);
}
