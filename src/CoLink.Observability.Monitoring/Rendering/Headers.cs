namespace CoLink.Observability.Monitoring.Rendering;

internal static class Headers
{
    /// <summary>Says where to change what a file says.</summary>
    public const string Rendered = "Rendered by colink-monitoring. Change colink-monitoring.yml and render again; what is changed here is lost.";
}
