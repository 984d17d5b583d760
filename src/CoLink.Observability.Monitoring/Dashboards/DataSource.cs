using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>Where a query is asked. A dashboard knows it as a variable, so that it is of use beside any data source of that kind.</summary>
/// <param name="Kind">Grafana's name for the kind, which is the uid that provisioning gives it.</param>
internal sealed record DataSource(string Kind, string Title)
{
    public static readonly DataSource Prometheus = new("prometheus", "Prometheus");
    public static readonly DataSource Loki = new("loki", "Loki");
    public static readonly DataSource Tempo = new("tempo", "Tempo");

    /// <summary>Grafana's linter knows its rules by the first of them.</summary>
    public static readonly DataSource[] All = [Prometheus, Loki, Tempo];

    public string Variable => $"{Kind}_datasource";

    public string Reference => $"${{{Variable}}}";

    public JsonObject Json() => new() { ["type"] = Kind, ["uid"] = Reference };
}
