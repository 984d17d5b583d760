using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards.Panels;

/// <summary>A rectangle that shows something.</summary>
/// <param name="Description">What it says and what to think of it, shown at its corner.</param>
internal abstract record Panel(string Title, string Description)
{
    /// <summary>Grafana's name for the kind.</summary>
    protected abstract string Type { get; }

    /// <summary>In columns, of which there are 24.</summary>
    public int Width { get; init; } = 12;

    public int Height { get; init; } = 8;

    public IReadOnlyList<Query> Queries { get; init; } = [];

    /// <summary>Grafana's name of the unit; empty where nothing has one.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Whether clusters and namespaces that are chosen become one number; then the panel says so.</summary>
    public bool Together { get; init; }

    /// <summary>What a panel says that tells no cluster or namespace from another.</summary>
    public const string OfAll = "Of all chosen clusters and namespaces together.";

    public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

    /// <summary>The colour below the first line.</summary>
    public string Below { get; init; } = Threshold.Good;

    public IReadOnlyList<Link> Links { get; init; } = [];

    public decimal? Min { get; init; }

    public decimal? Max { get; init; }

    protected virtual DataSource Source => Queries.Count > 0 ? Queries[0].Source : DataSource.Prometheus;

    protected abstract JsonObject Options();

    /// <summary>What the kind adds to every field.</summary>
    protected virtual JsonObject? Custom() => null;

    protected virtual JsonArray Overrides() => [];

    protected virtual JsonArray? Transformations() => null;

    protected virtual string ColorMode => "thresholds";

    /// <summary>Texts instead of numbers.</summary>
    protected virtual JsonArray? Mappings() => null;

    public JsonObject Json()
    {
        var json = new JsonObject
        {
            ["type"] = Type,
            ["title"] = Title,
            ["description"] = Together ? $"{Description} {OfAll}" : Description,
            ["datasource"] = Source.Json(),
            ["fieldConfig"] = new JsonObject { ["defaults"] = Defaults(), ["overrides"] = Overrides() },
            ["options"] = Options(),
            ["targets"] = new JsonArray([.. Queries.Select((query, index) => query.Json(((char)('A' + index)).ToString()))]),
        };
        if (Transformations() is { } transformations)
            json["transformations"] = transformations;
        return json;
    }

    private JsonObject Defaults()
    {
        var defaults = new JsonObject { ["color"] = new JsonObject { ["mode"] = ColorMode } };
        if (Unit.Length > 0)
            defaults["unit"] = Unit;
        if (Min is { } min)
            defaults["min"] = min;
        if (Max is { } max)
            defaults["max"] = max;
        // An empty list would already keep the linter from looking at the unit.
        if (Mappings() is { } mappings)
            defaults["mappings"] = mappings;
        defaults["thresholds"] = Threshold.Json(Thresholds, Below);
        if (Links.Count > 0)
            defaults["links"] = new JsonArray([.. Links.Select(link => link.Json())]);
        if (Custom() is { } custom)
            defaults["custom"] = custom;
        return defaults;
    }
}
