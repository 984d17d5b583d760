using System.Text.RegularExpressions;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;

namespace CoLink.Observability.Tests.Architecture;

/// <summary>
/// Each family and each named source has its conformance suite, here or in the tests of a further package. Read from the source,
/// since those are other assemblies.
/// </summary>
public sealed partial class ConformanceTests
{
    private static readonly (string Base, string Text)[] Suites =
    [
        .. SourceFiles.All.Select(file => string.Join('\n', file.Lines))
            .SelectMany(text => Derives().Matches(text).Select(match => (match.Groups["base"].Value, text))),
    ];

    [Fact]
    public void Every_metric_of_a_family_has_its_suite()
    {
        var catalogues = typeof(MetricCatalogue).Assembly.GetTypes()
            .Where(type => type.GetField("All")?.FieldType == typeof(MetricDefinition[])).ToArray();

        Assert.Contains(typeof(HttpCatalogue), catalogues);
        Assert.All(catalogues.SelectMany(Metrics), metric =>
            Assert.True(Has(nameof(FamilyConformance), $@"Metrics =>[^;]*\b{metric.Catalogue}\.(All|{metric.Name})\b"), $"{metric.Catalogue}.{metric.Name} has no suite."));
    }

    [Fact]
    public void Every_source_has_its_suite()
    {
        var sources = typeof(Sources).GetFields().Where(field => field.IsLiteral).ToDictionary(field => (string)field.GetRawConstantValue()!, field => field.Name);

        Assert.Equal(Sources.All.Order(StringComparer.Ordinal), sources.Keys.Order(StringComparer.Ordinal));
        Assert.All(sources.Values, source => Assert.True(Has(nameof(ObserverConformance), $@"Source => Sources\.{source};"), $"{source} has no suite."));
        Assert.True(Has(nameof(ObserverConformance), $@"Source => {nameof(RuntimeCatalogue)}\.{nameof(RuntimeCatalogue.MeterName)};"));
    }

    private static IEnumerable<(string Catalogue, string Name)> Metrics(Type catalogue) =>
        catalogue.GetFields().Where(field => field.FieldType == typeof(MetricDefinition)).Select(field => (catalogue.Name, field.Name));

    private static bool Has(string suite, string pattern) => Suites.Any(one => one.Base == suite && Regex.IsMatch(one.Text, pattern));

    [GeneratedRegex(@"class \w+(\([^)]*\))? : (?<base>FamilyConformance|ObserverConformance)\b")]
    private static partial Regex Derives();
}
