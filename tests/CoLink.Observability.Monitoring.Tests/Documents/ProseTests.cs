using System.Text.RegularExpressions;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Documents;
using CoLink.Observability.Monitoring.PromQl;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Tests.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Monitoring.Tests.Documents;

/// <summary>What the sentences between the blocks name: metrics and keys that must be there as well.</summary>
public sealed partial class ProseTests
{
    private static readonly RenderedFile[] Pages = [.. Committed.Files.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal))];

    [Fact]
    public void A_metric_in_a_sentence_exists()
    {
        // A sentence calls a histogram by its own name, which is none of its series.
        var known = new KnownMetrics(Committed.Context);
        Assert.All(Named(Metric()), named => Assert.All(
            QueryReader.Read(named.Text).Selectors,
            selector => Assert.True(known.Find(selector) is not null || MetricCatalogue.All.Any(metric => metric.Name == selector.Metric), $"{named.Page}: {selector.Metric}")));
    }

    [Fact]
    public void A_key_of_the_library_in_a_sentence_exists()
    {
        var configuration = File.ReadAllText(Path.Combine(Golden.Root, "docs", "configuration.md"));
        Assert.All(Named(LibraryKey()), named => Assert.True(configuration.Contains($"`{named.Text.Split('=')[0]}`", StringComparison.Ordinal), $"{named.Page}: {named.Text}"));
    }

    [Fact]
    public void A_key_of_the_platforms_file_in_a_sentence_exists() => Assert.All(Named(PlatformKey()), named =>
        Assert.True(PlatformKeys.All.Any(key => key.Key == named.Text || key.Key.StartsWith(named.Text + ".", StringComparison.Ordinal) || key.Key.StartsWith(named.Text + "[]", StringComparison.Ordinal)), $"{named.Page}: {named.Text}"));

    private static (string Page, string Text)[] Named(Regex kind)
    {
        var named = Pages.SelectMany(page => Code().Matches(Fenced().Replace(page.Content, "")).Select(code => (page.Path, code.Groups[1].Value))).Where(code => kind.IsMatch(code.Value)).ToArray();
        Assert.NotEmpty(named);
        return named;
    }

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fenced();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^(?!colink_telemetry$)(rate\(|up\b|job:|slo:\w|(http|db|colink|kafka|redis|dotnet|process|websocket|health|prometheus|node|messages)_)")]
    private static partial Regex Metric();

    [GeneratedRegex("^(Metrics|Http|Logging|Tracing|Database|Cache|Redis|Runtime|WebSockets):[A-Za-z:]+(=[A-Za-z]+)?$")]
    private static partial Regex LibraryKey();

    [GeneratedRegex(@"^(scrape|retention|services\[\]|kafka|links|receivers|thresholds)\.[A-Za-z.\[\]]+$")]
    private static partial Regex PlatformKey();
}
