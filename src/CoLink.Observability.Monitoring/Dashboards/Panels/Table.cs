using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards.Panels;

/// <summary>A row for each set of labels; a column for each query, in their order.</summary>
/// <param name="Labels">The labels that are shown, in their order; the others are hidden.</param>
internal sealed record Table(string Title, string Description, IReadOnlyList<string> Labels, IReadOnlyList<Column> Columns) : Panel(Title, Description)
{
    /// <summary>What Prometheus adds that no row needs.</summary>
    private static readonly string[] Hidden = ["Time"];

    protected override string Type => "table";

    /// <summary>Links of a label's cells.</summary>
    public IReadOnlyList<Link> LabelLinks { get; init; } = [];

    /// <summary>The label whose cells they are.</summary>
    public string LinkedLabel { get; init; } = "job";

    /// <summary>Builds it from its columns, each of which brings its query.</summary>
    public static Table Of(string title, string description, Grouping rows, params Column[] columns) => new(title, description, rows.Columns, columns)
    {
        Queries = [.. columns.Select(column => Query.Column(column.Expr))],
        Unit = columns[0].Unit,
    };

    protected override JsonObject Custom() => new() { ["align"] = "auto", ["cellOptions"] = new JsonObject { ["type"] = "auto" }, ["filterable"] = true };

    protected override JsonObject Options() => new()
    {
        ["cellHeight"] = "sm",
        ["footer"] = new JsonObject { ["countRows"] = false, ["fields"] = "", ["reducer"] = new JsonArray("sum"), ["show"] = false },
        ["showHeader"] = true,
        ["sortBy"] = new JsonArray(new JsonObject { ["desc"] = true, ["displayName"] = Columns[0].Title }),
    };

    protected override JsonArray Overrides()
    {
        var overrides = new JsonArray();
        foreach (var column in Columns)
        {
            var properties = new JsonArray(Property("unit", column.Unit));
            if (column.Thresholds.Count > 0)
            {
                properties.Add((JsonNode)Property("thresholds", Threshold.Json(column.Thresholds, column.Below)));
                properties.Add((JsonNode)Property("custom.cellOptions", new JsonObject { ["type"] = "color-text" }));
            }

            overrides.Add((JsonNode)Named(column.Title, properties));
        }

        if (LabelLinks.Count > 0)
            overrides.Add((JsonNode)Named(LinkedLabel, new JsonArray(Property("links", new JsonArray([.. LabelLinks.Select(link => link.Json())])))));
        return overrides;
    }

    protected override JsonArray Transformations()
    {
        var (hide, order, names) = (new JsonObject(), new JsonObject(), new JsonObject());
        foreach (var name in Hidden.Concat(Standard.Except(Labels)))
            hide[name] = true;
        var position = 0;
        foreach (var label in Labels)
            order[label] = position++;
        for (var index = 0; index < Columns.Count; index++)
        {
            // One query's column is called Value; those of several by their letters.
            var name = Columns.Count == 1 ? "Value" : $"Value #{(char)('A' + index)}";
            order[name] = position++;
            names[name] = Columns[index].Title;
        }

        return
        [
            new JsonObject { ["id"] = "merge", ["options"] = new JsonObject() },
            new JsonObject { ["id"] = "organize", ["options"] = new JsonObject { ["excludeByName"] = hide, ["indexByName"] = order, ["renameByName"] = names } },
        ];
    }

    /// <summary>Labels that most series have, hidden unless asked for.</summary>
    private static readonly string[] Standard = ["__name__", "cluster", "namespace", "job", "instance"];

    private static JsonObject Property(string id, JsonNode value) => new() { ["id"] = id, ["value"] = value };

    private static JsonObject Named(string field, JsonArray properties) => new()
    {
        ["matcher"] = new JsonObject { ["id"] = "byName", ["options"] = field },
        ["properties"] = properties,
    };
}

/// <summary>A column of numbers.</summary>
internal sealed record Column(string Title, string Unit, string Expr)
{
    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    public string Below { get; init; } = Threshold.Good;
}
