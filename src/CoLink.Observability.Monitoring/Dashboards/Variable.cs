using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>What is chosen at the top of a dashboard: values of a label, those that a series has.</summary>
/// <param name="Selector">The series, which may use the variables before it.</param>
/// <param name="AllValue">The pattern for "All": <c>.+</c>, or <c>.*</c> where a series may lack the label.</param>
internal sealed record Variable(string Name, string Label, string Selector, string Title, bool Multi, string AllValue)
{
    private const int OnTimeRangeChange = 2;
    private const int Alphabetical = 1;
    private const int LabelValues = 1;

    public string Text => $"label_values({Selector}, {Label})";

    /// <summary>Its values as a query that Prometheus itself understands.</summary>
    public string Expr => $"group by ({Label}) ({Selector})";

    public JsonObject Json() => new()
    {
        ["name"] = Name,
        ["label"] = Title,
        ["type"] = "query",
        ["datasource"] = DataSource.Prometheus.Json(),
        ["definition"] = Text,
        ["query"] = new JsonObject { ["qryType"] = LabelValues, ["query"] = Text, ["refId"] = Name },
        ["current"] = new JsonObject { ["text"] = All("All"), ["value"] = All("$__all") },
        ["includeAll"] = true,
        ["allValue"] = AllValue,
        ["multi"] = Multi,
        ["options"] = new JsonArray(),
        ["refresh"] = OnTimeRangeChange,
        ["regex"] = "",
        ["sort"] = Alphabetical,
        ["hide"] = 0,
        ["skipUrlSync"] = false,
    };

    /// <summary>A data source of a kind. Where none has the uid, Grafana takes the first of its kind.</summary>
    public static JsonObject Json(DataSource source) => new()
    {
        ["name"] = source.Variable,
        ["label"] = $"{source.Title} data source",
        ["type"] = "datasource",
        ["query"] = source.Kind,
        ["current"] = new JsonObject { ["text"] = source.Title, ["value"] = source.Kind },
        ["includeAll"] = false,
        ["multi"] = false,
        ["options"] = new JsonArray(),
        ["refresh"] = 1,
        ["regex"] = "",
        ["hide"] = 0,
        ["skipUrlSync"] = false,
    };

    private JsonNode All(string value) => Multi ? new JsonArray(value) : value;
}
