using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>Where a click leads.</summary>
internal sealed partial record Link(string Title, string Url)
{
    private const string Sources = "${prometheus_datasource:queryparam}&${loki_datasource:queryparam}&${tempo_datasource:queryparam}";

    /// <summary>A further dashboard, about what was clicked, at the same time.</summary>
    public static Link To(DashboardId dashboard, Point point) =>
        new(dashboard.Title, $"/d/{dashboard.Uid}?var-job={point.Job}&{point.Place}&${{__url_time_range}}&{Sources}");

    /// <summary>A further dashboard, from the header. The job goes along where it is a service's on both sides.</summary>
    public static JsonObject Header(DashboardId from, DashboardId to)
    {
        var job = from.PassesJob && to.PassesJob ? "${job:queryparam}&" : "";
        return new JsonObject
        {
            ["type"] = "link",
            ["title"] = to.Title,
            ["tooltip"] = "",
            ["url"] = $"/d/{to.Uid}?{job}{Point.ChosenPlace}&{Sources}",
            ["icon"] = "dashboard",
            ["asDropdown"] = false,
            ["includeVars"] = false,
            ["keepTime"] = true,
            ["tags"] = new JsonArray(),
            ["targetBlank"] = false,
        };
    }

    public static Link Logs(Point point) => Explore($"Errors of {point.Job} in the logs", DataSource.Loki, new JsonObject
    {
        ["refId"] = "A",
        ["editorMode"] = "code",
        ["expr"] = $$"""{namespace=~"{{point.Namespace}}",app=~"{{point.Job}}"} | json | level=~"ERROR|FATAL" """.TrimEnd(),
    });

    public static Link Traces(Point point) => Explore($"Failed traces of {point.Job}", DataSource.Tempo, new JsonObject
    {
        ["refId"] = "A",
        ["queryType"] = "traceql",
        ["query"] = $$"""{ resource.service.name =~ "{{point.Job}}" && status = error }""",
    });

    /// <summary>The three places that tell of a service, for a point that has its name.</summary>
    public static Link[] OfService(Point point) => [To(DashboardId.Api, point), Logs(point), Traces(point)];

    public JsonObject Json() => new() { ["title"] = Title, ["url"] = Url, ["targetBlank"] = false };

    private static Link Explore(string title, DataSource source, JsonObject query)
    {
        query["datasource"] = source.Json();
        var panes = new JsonObject
        {
            ["colink"] = new JsonObject
            {
                ["datasource"] = source.Reference,
                ["queries"] = new JsonArray(query),
                ["range"] = new JsonObject { ["from"] = "${__from}", ["to"] = "${__to}" },
            },
        };
        return new(title, $"/explore?schemaVersion=1&panes={Escape(panes.ToJsonString(DashboardJson.Compact))}");
    }

    /// <summary>Escapes all but the variables, which Grafana fills in before it opens the address.</summary>
    private static string Escape(string json) =>
        string.Concat(Variables().Split(json).Select(part => Variables().IsMatch(part) ? part : Uri.EscapeDataString(part)));

    [GeneratedRegex(@"(\$\{[^}]+\})")]
    private static partial Regex Variables();
}
