namespace CoLink.Observability.Exposition;

/// <summary>Which of the three places answers a scrape: the outermost filter, an endpoint of the app's, or a port of its own.</summary>
internal sealed class MetricsRoute
{
    /// <summary>The app mapped the endpoint itself, with conventions of its own; the filter steps back.</summary>
    public bool IsMapped { get; set; }

    /// <summary>The port of its own; null where the app's port answers.</summary>
    public int? Port { get; set; }

    public bool IsFiltered => !IsMapped && Port is null;
}
