using CoLink.Observability.Hosting.Validation;

namespace CoLink.Observability.Http;

/// <summary>The HTTP family.</summary>
public sealed class HttpOptions
{
    internal HttpOptions()
    {
    }

    /// <summary>Whether requests are counted and timed. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Statuses whose counters exist at 0 before the first such response, for every route: the first error of a new series is
    /// invisible to <c>rate</c>. A gateway adds 502, 503 and 504. Default: 500.
    /// </summary>
    [Statuses]
    public IList<int>? PrecreatedStatuses { get; set; }

    internal static readonly int[] DefaultPrecreatedStatuses = [500];
}
