using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;

namespace CoLink.Observability.Integration.Tracing;

/// <summary>The picture of README: what the walk found, drawn. With <c>COLINK_UPDATE_GOLDEN=1</c> it is drawn anew; times and ids are those of that run.</summary>
internal sealed class WalkPicture(string trace)
{
    private const string File = "docs/pictures/three-signals.svg";
    private const int Width = 1120;
    private const int Margin = 20;
    private const int LineHeight = 18;
    private const int NamesEnd = 280;
    private const int BarsEnd = Width - Margin - 70;

    private static readonly Dictionary<string, string> Colours = new() { ["first"] = "#2f6fde", ["second"] = "#d9730d" };

    private readonly StringBuilder _svg = new();
    private int _y = Margin;

    /// <param name="trace">The id that all have.</param>
    /// <param name="bucket">The line of the exposition.</param>
    /// <param name="spans">Of the trace.</param>
    /// <param name="lines">Of both services.</param>
    public static void Update(string trace, string bucket, IReadOnlyList<ReceivedSpan> spans, IReadOnlyList<(string Service, JsonElement Line)> lines)
    {
        if (Environment.GetEnvironmentVariable("COLINK_UPDATE_GOLDEN") != "1")
            return;
        var picture = new WalkPicture(trace);
        picture.Heading("1 A bucket of /metrics, and the request that stands for it");
        foreach (var part in bucket.Split(" # "))
            picture.Text("", part.StartsWith('{') ? "    # " + part : part);
        picture.Heading("2 Its trace at the collector");
        picture.Trace(spans);
        picture.Heading("3 The lines of that trace in Loki");
        foreach (var (service, line) in lines.OrderBy(line => line.Line.GetProperty("ts").GetString(), StringComparer.Ordinal))
            picture.Line(service, line);
        System.IO.File.WriteAllText(Path.Combine(Golden.Root, File), picture.Draw());
    }

    private void Heading(string text)
    {
        _y += LineHeight + 4;
        Add($"<text x=\"{Margin}\" y=\"{_y}\" class=\"h\">{text}</text>");
        _y += 4;
    }

    private void Text(string before, string text)
    {
        _y += LineHeight;
        Add($"<text x=\"{Margin}\" y=\"{_y}\" xml:space=\"preserve\">{before}{Marked(text)}</text>");
    }

    private void Trace(IReadOnlyList<ReceivedSpan> spans)
    {
        var (from, to) = (spans.Min(span => span.Start), spans.Max(span => span.End));
        double At(long time) => NamesEnd + ((double)(time - from) / (to - from) * (BarsEnd - NamesEnd));
        foreach (var (span, depth) in Ordered(spans))
        {
            _y += LineHeight;
            var (service, start, end) = ((string)span.Resource["service.name"]!, At(span.Start), At(span.End));
            Add($"<text x=\"{Margin + (depth * 16)}\" y=\"{_y}\">{Named(service)} {Escaped(span.Name)}</text>");
            Add(string.Create(CultureInfo.InvariantCulture, $"<rect x=\"{start:0.0}\" y=\"{_y - 11}\" width=\"{Math.Max(end - start, 2):0.0}\" height=\"13\" rx=\"2\" fill=\"{Colours[service]}\"/>"));
            Add(string.Create(CultureInfo.InvariantCulture, $"<text x=\"{Math.Max(end - start, 2) + start + 5:0.0}\" y=\"{_y}\" class=\"d\">{(span.End - span.Start) / 1e6:0.0#} ms</text>"));
        }
    }

    private void Line(string service, JsonElement line) => Text(
        Named(service) + " ",
        "{" + string.Join(",", new[] { "ts", "level", "message", "trace_id" }.Select(key => $"\"{key}\":{line.GetProperty(key).GetRawText()}")) + ",…}");

    /// <summary>Each below its parent, siblings by their time.</summary>
    private static IEnumerable<(ReceivedSpan Span, int Depth)> Ordered(IReadOnlyList<ReceivedSpan> spans)
    {
        IEnumerable<(ReceivedSpan, int)> Below(string parent, int depth) => spans
            .Where(span => span.ParentId == parent).OrderBy(span => span.Start).SelectMany(span => Below(span.SpanId, depth + 1).Prepend((span, depth)));
        return spans.Where(span => spans.All(other => other.SpanId != span.ParentId)).OrderBy(span => span.Start)
            .SelectMany(root => Below(root.SpanId, 1).Prepend((root, 0)));
    }

    private static string Named(string service) => $"<tspan fill=\"{Colours[service]}\">{service}</tspan>";

    private string Marked(string text) => Escaped(text).Replace(trace, $"<tspan class=\"t\">{trace}</tspan>", StringComparison.Ordinal);

    private static string Escaped(string text) => WebUtility.HtmlEncode(text).Replace("&quot;", "\"", StringComparison.Ordinal);

    private void Add(string element) => _svg.Append(element).Append('\n');

    private string Draw() => $$"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{_y + Margin}}" font-family="ui-monospace,Menlo,Consolas,monospace" font-size="11">
        <style>text{fill:#24292f}.h{font-family:system-ui,sans-serif;font-size:14px;font-weight:600}.d{fill:#6e7781}.t{fill:#a40e26;font-weight:700}</style>
        <rect width="100%" height="100%" rx="6" fill="#f6f8fa"/>
        {{_svg}}</svg>

        """;
}
