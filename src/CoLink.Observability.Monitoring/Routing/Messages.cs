namespace CoLink.Observability.Monitoring.Routing;

/// <summary>What people read, as Alertmanager's templates.</summary>
internal static class Messages
{
    public const string Title = "[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }} {{ .CommonLabels.service }} ({{ .CommonLabels.cluster }})";

    /// <summary>Alerts of a group share their name, and so their runbook.</summary>
    public const string Runbook = "{{ (index .Alerts 0).Annotations.runbook_url }}";
    public const string Dashboard = "{{ (index .Alerts 0).Annotations.dashboard_url }}";

    public const string Text = """
        {{ range .Alerts }}{{ .Annotations.summary }}
        {{ .Annotations.description }}
        Runbook: {{ .Annotations.runbook_url }}
        Dashboard: {{ .Annotations.dashboard_url }}
        {{ end }}
        """;
}
