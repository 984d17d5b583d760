using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards.Panels;

/// <summary>A number in large type.</summary>
internal sealed record Stat : Panel
{
    public Stat(string title, string description)
        : base(title, description) => Height = 4;

    protected override string Type => "stat";

    /// <summary>Whether the number's past is drawn behind it.</summary>
    public bool Past { get; init; }

    /// <summary>What 0 and 1 mean, where that is all there is.</summary>
    public bool UpOrDown { get; init; }

    protected override JsonArray? Mappings() => !UpOrDown ? null : new JsonArray(new JsonObject
    {
        ["type"] = "value",
        ["options"] = new JsonObject
        {
            ["0"] = new JsonObject { ["text"] = "down", ["color"] = Threshold.Bad, ["index"] = 0 },
            ["1"] = new JsonObject { ["text"] = "up", ["color"] = Threshold.Good, ["index"] = 1 },
        },
    });

    protected override JsonObject Options() => new()
    {
        ["colorMode"] = UpOrDown ? "background" : "value",
        ["graphMode"] = Past ? "area" : "none",
        ["justifyMode"] = "auto",
        ["orientation"] = "auto",
        ["reduceOptions"] = new JsonObject { ["calcs"] = new JsonArray("lastNotNull"), ["fields"] = "", ["values"] = false },
        ["textMode"] = "auto",
        ["wideLayout"] = true,
    };
}
