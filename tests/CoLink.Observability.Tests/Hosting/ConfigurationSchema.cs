using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoLink.Observability.Hosting.Validation;

namespace CoLink.Observability.Tests.Hosting;

/// <summary>Renders the options as the JSON schema by which editors complete <c>appsettings.json</c>.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerOptions.Default) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render()
    {
        var root = Object("");
        foreach (var option in ConfigurationReference.Options)
        {
            string[] path = [.. OptionKey.Section.Split(':'), .. option.Key.Name.Split(':')];
            var parent = path[..^1].Aggregate(root, (node, name) =>
            {
                var properties = node["properties"]!.AsObject();
                return (properties[name] ??= Object(name == "Observability" ? "CoLink.Observability: metrics at /metrics, logs on standard output and to Loki." : "")).AsObject();
            });
            parent["properties"]!.AsObject()[path[^1]] = Property(option);
        }

        return root.ToJsonString(Readable);
    }

    private static JsonObject Object(string description)
    {
        var node = new JsonObject { ["type"] = "object" };
        if (description.Length > 0)
            node["description"] = description;
        node["properties"] = new JsonObject();
        return node;
    }

    private static JsonObject Property(ConfigurationReference.Option option)
    {
        var key = option.Key;
        var node = key.IsMap ? new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = key.IsMapOfTexts ? "string" : "integer" } }
            : key.IsList ? new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = key.Property.PropertyType == typeof(IList<int>) ? "integer" : "string" } }
            : new JsonObject { ["type"] = option.Underlying == typeof(bool) ? "boolean" : option.Underlying == typeof(double) ? "number" : option.Underlying == typeof(int) || option.Underlying == typeof(long) ? "integer" : "string" };
        node["description"] = $"{Plain(option.Meaning)} Allowed: {key.Allowed}. Default: {Plain(option.Default)}.";

        if (key.Rules.OfType<RangeAttribute>().SingleOrDefault() is { Minimum: int minimum, Maximum: int maximum })
        {
            node["minimum"] = minimum;
            node["maximum"] = maximum;
        }
        else if (key.Rules.OfType<RangeAttribute>().SingleOrDefault() is { Minimum: double least, Maximum: double most })
        {
            node["minimum"] = least;
            node["maximum"] = most;
        }

        if (option.Underlying.IsEnum)
            node["enum"] = new JsonArray([.. Enum.GetNames(option.Underlying).Select(name => (JsonNode)name)]);
        if (key.Get(new CoLinkObservabilityOptions()) is { } value and (bool or int or long or string or TimeSpan))
            node["default"] = JsonValue.Create(value is TimeSpan time ? time.ToString() : value);
        return node;
    }

    private static string Plain(string markdown) => markdown.Replace("`", "", StringComparison.Ordinal);
}
