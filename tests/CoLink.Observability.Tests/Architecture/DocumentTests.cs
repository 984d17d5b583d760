using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Architecture;

/// <summary>README and what people write below docs/: what a sentence names is there. Their C# is compiled by the tests of the packages.</summary>
public sealed partial class DocumentTests
{
    private static readonly (string Path, string Text)[] Pages =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md" }
            .Concat(Directory.EnumerateFiles(Path.Combine(Golden.Root, "docs"), "*.md", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Golden.Root, file)))
            .Order(StringComparer.Ordinal)
            .Select(path => (path, File.ReadAllText(Path.Combine(Golden.Root, path)))),
    ];

    [Fact]
    public void Every_link_inside_the_repository_leads_somewhere() => Assert.All(Linked(), link =>
        Assert.True(Path.Exists(link.File), $"{link.Page}: {link.Target}"));

    [Fact]
    public void Every_link_to_a_heading_finds_it() => Assert.All(Linked().Where(link => link.Heading.Length > 0), link =>
        Assert.Contains(link.Heading, Heading().Matches(Fenced().Replace(File.ReadAllText(link.File), "")).Select(heading => Anchor(heading.Groups[1].Value))));

    [Fact]
    public void Every_key_in_a_sentence_exists()
    {
        var keys = OptionKey.All.Select(key => key.Name).ToHashSet();
        var rooms = keys.Where(key => key.Contains(':', StringComparison.Ordinal)).Select(key => key.Split(':')[0]).ToHashSet();

        // A room is a key's beginning; Logging:LogLevel and Logging:CoLink:LogLevel are the framework's. A decision may show a mistake.
        Assert.All(Named(Key()).Where(named => !named.Page.StartsWith("docs/decisions", StringComparison.Ordinal) && rooms.Contains(named.Text.Split(':')[0]) && !named.Text.EndsWith(":LogLevel", StringComparison.Ordinal)), named =>
            Assert.True(keys.Any(key => key == named.Text || key.StartsWith(named.Text + ":", StringComparison.Ordinal)), $"{named.Page}: {named.Text}"));
    }

    [Fact]
    public void Every_metric_of_the_librarys_own_in_a_sentence_exists()
    {
        var names = MetricCatalogue.All.Select(metric => metric.Name).ToHashSet();
        Assert.All(Named(OwnMetric()), named => Assert.True(names.Contains(OwnMetric().Match(named.Text).Groups[1].Value), $"{named.Page}: {named.Text}"));
    }

    [Fact]
    public void Every_block_of_json_is_json() => Assert.All(
        Pages.SelectMany(page => Json().Matches(page.Text).Select(block => (page.Path, block.Groups[1].Value))),
        block => JsonDocument.Parse(block.Value).Dispose());

    [Fact]
    public void Every_block_of_settings_is_accepted_as_it_stands()
    {
        var others = new[] { "monitoring/README.md", "monitoring/OPERATIONS.md" }.Select(page => (Path: page, Text: File.ReadAllText(Path.Combine(Golden.Root, page))));
        var blocks = Pages.Concat(others).SelectMany(page => Json().Matches(page.Text).Select(block => (page.Path, Text: block.Groups[1].Value))).Where(block => block.Text.Contains("\"CoLink\"", StringComparison.Ordinal)).ToArray();
        Assert.True(blocks.Length >= 4);
        Assert.All(blocks, block =>
        {
            var builder = Host.CreateApplicationBuilder();
            using var json = new MemoryStream(Encoding.UTF8.GetBytes(block.Text));
            builder.Configuration.AddJsonStream(json);
            builder.AddCoLinkObservability();
            using var host = builder.Build();

            // Throws where a value is not allowed.
            Assert.NotNull(host.Services.GetRequiredService<IOptions<CoLinkObservabilityOptions>>().Value);
            Assert.Empty(OptionsBinder.Unknown(builder.Configuration));
        });
    }

    [Fact]
    public void Every_variable_of_an_environment_in_a_block_or_a_sentence_is_a_key()
    {
        var keys = OptionKey.All.Select(key => key.Name).ToHashSet();
        var named = Pages.SelectMany(page => Variable().Matches(page.Text).Select(variable => (page.Path, Key: variable.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)))).ToArray();
        Assert.NotEmpty(named);
        Assert.All(named, variable => Assert.True(keys.Contains(variable.Key) || keys.Any(key => key.StartsWith(variable.Key + ":", StringComparison.Ordinal)), $"{variable.Path}: {variable.Key}"));
    }

    private static IEnumerable<(string Page, string Target, string File, string Heading)> Linked() =>
        from page in Pages
        from target in Link().Matches(Fenced().Replace(page.Text, "")).Select(link => link.Groups[1].Value)
        where !target.Contains("://", StringComparison.Ordinal)
        let parts = target.Split('#')
        let file = parts[0].Length == 0 ? page.Path : Path.Combine(Path.GetDirectoryName(page.Path)!, parts[0])
        select (page.Path, target, Path.Combine(Golden.Root, file), parts.ElementAtOrDefault(1) ?? "");

    private static IEnumerable<(string Page, string Text)> Named(Regex kind) =>
        Pages.SelectMany(page => Code().Matches(Fenced().Replace(page.Text, "")).Select(code => (page.Path, code.Groups[1].Value))).Where(code => kind.IsMatch(code.Value));

    /// <summary>As the pages that show Markdown make it.</summary>
    private static string Anchor(string heading) => NoAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fenced();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^[A-Z][A-Za-z]+(:[A-Z][A-Za-z]+)+$")]
    private static partial Regex Key();

    /// <summary>The health check is called <c>colink_telemetry</c> and is no metric.</summary>
    [GeneratedRegex(@"^(?!colink_telemetry$)(colink_[a-z_]*[a-z])(\{.*\})?$")]
    private static partial Regex OwnMetric();

    [GeneratedRegex("CoLink__Observability__([A-Za-z_]+[A-Za-z])")]
    private static partial Regex Variable();

    [GeneratedRegex("^```json\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Json();
}
