namespace CoLink.Observability.Monitoring.Scrapes;

/// <summary>Names that several files share.</summary>
internal static class Names
{
    /// <summary>The host name that stands for every replica of a service, where the service's own stands for any one of them.</summary>
    public static string Headless(string service) => $"{service}-headless";

    /// <summary>The label of a pod, and of its Service, that names the service; the label of its log stream too.</summary>
    public const string AppLabel = "app";

    /// <summary>The annotation of a pod whose library pushes its logs itself: the shipper leaves it out, so that no line comes twice.</summary>
    public const string LogsAnnotation = "colink.dev/logs";
    public const string LogsPushed = "push";
}
