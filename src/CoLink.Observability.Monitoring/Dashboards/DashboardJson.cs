using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoLink.Observability.Monitoring.Dashboards;

/// <summary>
/// How dashboards are written. The relaxed encoder leaves quotes at <c>\"</c> and <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c>, <c>'</c> as they are, so that a query can be
/// read and searched for. What it gives up protects JSON inside HTML; these files are read by Grafana from a disk or a ConfigMap and are embedded nowhere.
/// </summary>
internal static class DashboardJson
{
    public static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true, IndentSize = 2, NewLine = "\n" };

    public static string Write(JsonObject json) => json.ToJsonString(Indented) + "\n";
}
