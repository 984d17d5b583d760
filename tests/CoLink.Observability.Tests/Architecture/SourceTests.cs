using System.Buffers;
using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Registry.Meters;

namespace CoLink.Observability.Tests.Architecture;

public sealed partial class SourceTests
{
    /// <summary>Static fields that hold something that could be changed, each with the reason why it never is.</summary>
    private static readonly Dictionary<string, string> Unchanging = new()
    {
        ["LabelValues.<Comparer>k__BackingField"] = "compares, and holds nothing",
        ["SeriesLimits.<Default>k__BackingField"] = "holds a number and an empty dictionary that nothing keeps another reference to",
        ["Exemplars.TraceId"] = "the name of a label, which nothing changes",
        ["Exemplars.SpanId"] = "the name of a label, which nothing changes",
        ["MetricCatalogue.FamilyNames"] = "filled by its initializer and only asked",
        ["MetricNames.Quantities"] = "filled by its initializer and only asked",
        ["MetricNames.BaseUnits"] = "filled by its initializer and only asked",
        ["MetricNames.SingularUnits"] = "filled by its initializer and only asked",
        ["MetricNames.ReservedLabels"] = "filled by its initializer and only asked",
        ["Instruments.Recordings"] = "filled by its initializer and only asked",
        ["InstrumentUnit.Known"] = "filled by its initializer and only asked",
        ["TextPattern.Defaults"] = "regular expressions of constants, the same for every host; each is built by the first text that needs it",
    };

    /// <summary>Types whose instances cannot be changed. An array or a list of them is a table of constants: nothing in the library writes to one.</summary>
    private static readonly HashSet<Type> Immutable =
    [
        typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double), typeof(TimeSpan), typeof(Version), typeof(System.Net.IPNetwork),
        typeof(SearchValues<char>), typeof(Vector128<byte>),
        typeof(MetricDefinition), typeof(MetricLabel), typeof(OptionKey), typeof(InstrumentUnit),
    ];

    [Fact]
    public void There_is_no_static_mutable_state_so_that_two_hosts_do_not_see_each_other()
    {
        var offenders = typeof(CoLinkObservabilityOptions).Assembly.GetTypes()
            .Where(type => !IsGenerated(type))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !field.IsLiteral && !(field.IsInitOnly && IsImmutable(field.FieldType)))
            .Select(field => (Name: $"{field.DeclaringType!.Name}.{field.Name}", Field: field))
            .Where(found => !(found.Field.IsInitOnly && Unchanging.ContainsKey(found.Name)) && !found.Field.IsDefined(typeof(GeneratedCodeAttribute)))
            .Select(found => found.Name);

        Assert.Empty(offenders);
    }

    [Fact]
    public void No_metric_name_is_typed_twice()
    {
        var code = SourceFiles.Shipped.SelectMany(file => file.Lines.Where(line => !IsComment(line)).Select(line => (file.Path, Line: line))).ToArray();

        Assert.All(MetricCatalogue.All, metric =>
        {
            var word = new Regex($"(?<![A-Za-z0-9_]){metric.Name}(?![A-Za-z0-9_])");
            var places = code.SelectMany(line => word.Matches(line.Line).Select(_ => line.Path)).ToArray();
            Assert.True(places.Length == 1, $"{metric.Name} is typed {places.Length} times, in {string.Join(", ", places)}: take it from the catalogue.");
            Assert.Contains("/Catalogue/", places[0].Replace('\\', '/'));
        });
    }

    /// <summary>A comment that names a metric of ours would otherwise outlive its renaming.</summary>
    [Fact]
    public void A_metric_that_a_comment_names_exists()
    {
        var names = MetricCatalogue.All.Select(metric => metric.Name).ToHashSet();
        var named = SourceFiles.Shipped.SelectMany(file => file.Lines).Where(IsComment)
            .SelectMany(line => OwnName().Matches(line).Select(match => match.Value));

        Assert.All(named, name => Assert.Contains(name, names));
    }

    [Fact]
    public void A_file_fits_in_350_lines() =>
        Assert.All(SourceFiles.All, file => Assert.True(file.Lines.Length <= 350, $"{file.Path} has {file.Lines.Length} lines: it has two ideas."));

    /// <summary>The options are the configuration's keys, which a reader learns from docs/configuration.md; they grow with what can be turned.</summary>
    [Fact]
    public void The_public_surface_besides_the_options_stays_below_150_lines() =>
        Assert.InRange(SourceFiles.Ledger.Count(line => !line.Contains("Options.", StringComparison.Ordinal)), 1, 149);

    [Fact]
    public void There_are_at_most_three_interfaces() =>
        Assert.InRange(typeof(CoLinkObservabilityOptions).Assembly.GetTypes().Count(type => type.IsInterface), 0, 3);

    [Fact]
    public void There_are_no_regions_and_no_banners() =>
        Assert.All(SourceFiles.All, file => Assert.DoesNotContain(file.Lines, line => Banner().IsMatch(line)));

    private static bool IsComment(string line) => line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    private static bool IsImmutable(Type type)
    {
        var inner = type.IsArray ? type.GetElementType()!
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : type;
        return inner.IsEnum || Immutable.Contains(inner);
    }

    private static bool IsGenerated(Type? type) =>
        type is not null && (type.IsDefined(typeof(CompilerGeneratedAttribute)) || type.IsDefined(typeof(GeneratedCodeAttribute)) || type.Namespace == "System.Text.RegularExpressions.Generated" || type.Name.StartsWith('<') || IsGenerated(type.DeclaringType));

    [GeneratedRegex("colink_[a-z_]+[a-z]")]
    private static partial Regex OwnName();

    [GeneratedRegex(@"^\s*(#region|//\s*[-=*#]{4,})")]
    private static partial Regex Banner();
}
