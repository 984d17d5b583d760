using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>One question of a panel.</summary>
internal sealed record Query(DataSource Source, string Expr)
{
    /// <summary>The name of each series, with labels in double braces.</summary>
    public string Legend { get; init; } = "";

    /// <summary>Asked for the end of the range alone: the rows of a table, or a number over the whole range.</summary>
    public bool Instant { get; init; }

    /// <summary><c>time_series</c>, <c>table</c> or <c>heatmap</c>.</summary>
    public string Format { get; init; } = "time_series";

    /// <summary>Whether points that carry a trace id are shown beside the lines.</summary>
    public bool Exemplars { get; init; }

    /// <summary>Lines or traces at most: what fits on a screen or two.</summary>
    private const int Most = 100;

    public static Query Line(string legend, string expr) => new(DataSource.Prometheus, expr) { Legend = legend };

    public static Query Now(string legend, string expr) => Line(legend, expr) with { Instant = true };

    /// <summary>A column of a table.</summary>
    public static Query Column(string expr) => new(DataSource.Prometheus, expr) { Instant = true, Format = "table" };

    /// <param name="letter">Its name within the panel: A for the first.</param>
    public JsonObject Json(string letter)
    {
        var json = new JsonObject { ["datasource"] = Source.Json(), ["refId"] = letter };
        if (Source == DataSource.Tempo)
        {
            json["queryType"] = "traceql";
            json["query"] = Expr;
            json["tableType"] = "traces";
            json["limit"] = Most;
            return json;
        }

        json["editorMode"] = "code";
        json["expr"] = Expr;
        if (Source == DataSource.Loki)
        {
            json["queryType"] = "range";
            json["maxLines"] = Most;
            return json;
        }

        json["format"] = Format;
        json["instant"] = Instant;
        json["range"] = !Instant;
        json["legendFormat"] = Legend;
        if (Exemplars)
            json["exemplar"] = true;
        return json;
    }
}
