namespace CoLink.Observability.Monitoring.Helm;

/// <summary>The charts whose keys the values are, as of August 2026: another version may have others.</summary>
internal static class Charts
{
    public const string KubePrometheusStack = "88.5.3";
    public const string Loki = "18.11.0";
    public const string Alloy = "1.11.1";
    public const string Tempo = "2.2.4";
}
