using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Tests.Dashboards.Lint;

/// <summary>Ways into a rendered dashboard: what is missing reads as nothing.</summary>
internal static class Json
{
    public static JsonObject Parse(string content) => JsonNode.Parse(content)!.AsObject();

    public static string Text(this JsonNode? node, string name) => node?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    public static int Number(this JsonNode? node, string name) => node?[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;

    public static bool Flag(this JsonNode? node, string name) => node?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static IEnumerable<JsonObject> Items(this JsonNode? node) => node is JsonArray array ? array.OfType<JsonObject>() : [];

    public static IEnumerable<JsonObject> Variables(this JsonObject dashboard) => dashboard["templating"]?["list"].Items() ?? [];

    public static IEnumerable<JsonObject> Annotations(this JsonObject dashboard) => dashboard["annotations"]?["list"].Items() ?? [];

    /// <summary>All panels, those inside of others included.</summary>
    public static IEnumerable<JsonObject> Panels(this JsonNode dashboard) => dashboard["panels"].Items().SelectMany(panel => new[] { panel }.Concat(panel.Panels()));

    public static IEnumerable<JsonObject> Targets(this JsonObject panel) => panel["targets"].Items();

    /// <summary>Everything below a node, itself included.</summary>
    public static IEnumerable<JsonNode> Descend(this JsonNode node)
    {
        var below = node switch
        {
            JsonObject map => map.Select(entry => entry.Value).OfType<JsonNode>(),
            JsonArray list => list.OfType<JsonNode>(),
            _ => [],
        };
        return below.SelectMany(Descend).Prepend(node);
    }
}
