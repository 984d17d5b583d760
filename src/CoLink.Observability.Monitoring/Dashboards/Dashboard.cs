using System.Text.Json.Nodes;
using CoLink.Observability.Monitoring.Dashboards.Panels;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>A dashboard: what is chosen at its top, and rows of panels.</summary>
internal sealed record Dashboard(DashboardId Id, string Description, IReadOnlyList<Variable> Variables, IReadOnlyList<Row> Rows)
{
    /// <summary>The schema of Grafana 11 to 13's classic dashboards.</summary>
    private const int SchemaVersion = 42;

    /// <summary>All panels share the cross-hair.</summary>
    private const int SharedCrosshair = 1;

    public const string Tag = "colink";

    /// <summary>What is looked at first.</summary>
    public string From { get; init; } = "now-6h";

    public IEnumerable<Panel> Panels => Rows.SelectMany(row => row.Panels);

    public JsonObject Json() => new()
    {
        ["uid"] = Id.Uid,
        ["title"] = Id.Title,
        ["description"] = Description,
        ["tags"] = new JsonArray(Tag),
        ["schemaVersion"] = SchemaVersion,
        ["version"] = 1,
        ["editable"] = false,
        ["graphTooltip"] = SharedCrosshair,
        ["timezone"] = "utc",
        ["refresh"] = "30s",
        ["time"] = new JsonObject { ["from"] = From, ["to"] = "now" },
        ["timepicker"] = new JsonObject(),
        ["fiscalYearStartMonth"] = 0,
        ["links"] = new JsonArray([.. DashboardId.All.Where(other => other != Id).Select(other => Link.Header(Id, other))]),
        ["annotations"] = new JsonObject { ["list"] = new JsonArray([.. Annotation.Of(Id).Select(annotation => annotation.Json())]) },
        ["templating"] = new JsonObject
        {
            ["list"] = new JsonArray([.. DataSource.All.Select(Variable.Json), .. Variables.Select(variable => variable.Json())]),
        },
        ["panels"] = new JsonArray([.. Grid.Lay(Rows)]),
    };
}

/// <summary>Panels under a heading.</summary>
internal sealed record Row(string Title, params IReadOnlyList<Panel> Panels);
