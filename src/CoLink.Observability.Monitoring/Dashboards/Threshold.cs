using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>A line, and the colour from it on upwards.</summary>
internal sealed record Threshold(decimal From, string Color)
{
    public const string Good = "green";
    public const string Doubtful = "orange";
    public const string Bad = "red";

    /// <summary>Below the first line it is good.</summary>
    public static Threshold[] BadAbove(decimal doubtful, decimal bad) => doubtful < bad ? [new(doubtful, Doubtful), new(bad, Bad)] : [new(bad, Bad)];

    public static Threshold[] BadAbove(decimal bad) => [new(bad, Bad)];

    public static JsonObject Json(IEnumerable<Threshold> lines, string below)
    {
        var steps = new JsonArray(new JsonObject { ["color"] = below, ["value"] = null });
        foreach (var line in lines.OrderBy(line => line.From))
            steps.Add((JsonNode)new JsonObject { ["color"] = line.Color, ["value"] = line.From });
        return new JsonObject { ["mode"] = "absolute", ["steps"] = steps };
    }
}
