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
    /// <summary>Catalogues whose family nothing fills yet.</summary>
    private static readonly string[] FamiliesToCome =
        [nameof(DatabaseCatalogue), nameof(CacheCatalogue), nameof(WebSocketCatalogue), nameof(KafkaCatalogue)];

    /// <summary>Sources that nothing listens to yet, by their name in <see cref="Sources"/>.</summary>
    private static readonly string[] SourcesToCome =
    [
        nameof(Sources.Npgsql), nameof(Sources.EntityFramework), nameof(Sources.SqlClient), nameof(Sources.MongoDb), nameof(Sources.DistributedCache),
        nameof(Sources.MemoryCache), nameof(Sources.HybridCache), nameof(Sources.Redis), nameof(Sources.Kafka),
    ];

    private static readonly (string Base, string Text)[] Suites =
    [
        .. SourceFiles.All.Select(file => string.Join('\n', file.Lines))
            .SelectMany(text => Derives().Matches(text).Select(match => (match.Groups["base"].Value, text))),
    ];

    [Fact]
    public void Every_family_has_its_suite()
    {
        var catalogues = typeof(MetricCatalogue).Assembly.GetTypes()
            .Where(type => type.GetField("All")?.FieldType == typeof(MetricDefinition[])).Select(type => type.Name).ToArray();

        Assert.Contains(nameof(HttpCatalogue), catalogues);
        Check(catalogues, FamiliesToCome, catalogue => Has(nameof(FamilyConformance), $@"Metrics =>[^;]*\b{catalogue}\."));
    }

    [Fact]
    public void Every_source_has_its_suite()
    {
        var sources = typeof(Sources).GetFields().Where(field => field.IsLiteral).ToDictionary(field => (string)field.GetRawConstantValue()!, field => field.Name);

        Assert.Equal(Sources.All.Order(StringComparer.Ordinal), sources.Keys.Order(StringComparer.Ordinal));
        Check(sources.Values, SourcesToCome, source => Has(nameof(ObserverConformance), $@"Source => Sources\.{source};"));
        Assert.True(Has(nameof(ObserverConformance), $@"Source => {nameof(RuntimeCatalogue)}\.{nameof(RuntimeCatalogue.MeterName)};"));
    }

    /// <summary>An exception that is no longer needed is taken off the list.</summary>
    private static void Check(IEnumerable<string> all, string[] toCome, Func<string, bool> hasSuite)
    {
        var without = all.Where(name => !hasSuite(name)).Order(StringComparer.Ordinal);
        Assert.Equal(toCome.Order(StringComparer.Ordinal), without);
    }

    private static bool Has(string suite, string pattern) => Suites.Any(one => one.Base == suite && Regex.IsMatch(one.Text, pattern));

    [GeneratedRegex(@"class \w+(\([^)]*\))? : (?<base>FamilyConformance|ObserverConformance)\b")]
    private static partial Regex Derives();
}
