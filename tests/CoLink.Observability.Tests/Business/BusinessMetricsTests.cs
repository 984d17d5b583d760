using CoLink.Observability.Business;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Business;

public sealed class BusinessMetricsTests
{
    private readonly MetricRegistry _registry = new(SeriesLimits.Default, NullLogger.Instance);
    private readonly BusinessMetrics _metrics;

    public BusinessMetricsTests() => _metrics = new BusinessMetrics(_registry);

    [Fact]
    public async Task The_family_is_absent_until_it_is_resolved_and_then_whole_at_0()
    {
        await using var app = await RunningApp.StartAsync();
        var names = BusinessCatalogue.All.Select(metric => metric.Name).ToHashSet();

        Assert.DoesNotContain((await app.ScrapeAsync()).Samples, sample => names.Contains(sample.Name));
        app.Services.GetRequiredService<BusinessMetrics>();
        var samples = (await app.ScrapeAsync()).Samples.Where(sample => names.Contains(sample.Name)).ToArray();

        Assert.All(BusinessCatalogue.Events, metric => Assert.Equal(
            metric.Labels.Aggregate(1, (product, label) => product * label.Values.Count), samples.Count(sample => sample.Name == metric.Name)));
        Assert.Equal(BusinessCatalogue.Events.Select(metric => metric.Name).Order(), samples.Select(sample => sample.Name).Distinct().Order());
        Assert.All(samples, sample => Assert.Equal(0, sample.Value));
    }

    [Fact]
    public void Every_member_of_an_enum_is_the_value_of_its_name()
    {
        foreach (var channel in Enum.GetValues<ChannelType>())
            Counts(BusinessCatalogue.MessagesSent, () => _metrics.MessageSent(channel), Value(channel));
        foreach (var method in Enum.GetValues<RegistrationMethod>())
            Counts(BusinessCatalogue.UserRegistrations, () => _metrics.UserRegistered(method), Value(method));
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            foreach (var category in Enum.GetValues<FileCategory>())
                Counts(BusinessCatalogue.FileUploads, () => _metrics.FileUploaded(category, outcome), Value(category), Value(outcome));
            foreach (var scope in Enum.GetValues<SearchScope>())
                Counts(BusinessCatalogue.SearchQueries, () => _metrics.SearchPerformed(scope, outcome), Value(scope), Value(outcome));
        }
    }

    [Fact]
    public void Every_value_of_the_catalogue_has_a_member()
    {
        (MetricDefinition Metric, Type[] Enums)[] pairs =
        [
            (BusinessCatalogue.MessagesSent, [typeof(ChannelType)]), (BusinessCatalogue.FileUploads, [typeof(FileCategory), typeof(Outcome)]),
            (BusinessCatalogue.SearchQueries, [typeof(SearchScope), typeof(Outcome)]), (BusinessCatalogue.UserRegistrations, [typeof(RegistrationMethod)]),
        ];

        Assert.All(pairs, pair => Assert.Equal(
            pair.Metric.Labels.SelectMany(label => label.Values), pair.Enums.SelectMany(type => Enum.GetNames(type).Select(name => name.ToLowerInvariant()))));
    }

    [Fact]
    public void An_outcome_that_is_not_said_is_a_success()
    {
        Counts(BusinessCatalogue.FileUploads, () => _metrics.FileUploaded(FileCategory.Image), "image", "success");
        Counts(BusinessCatalogue.SearchQueries, () => _metrics.SearchPerformed(SearchScope.All), "all", "success");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(99)]
    [InlineData(int.MaxValue)]
    public void A_value_that_is_no_member_counts_nothing_and_does_not_throw(int undefined)
    {
        _metrics.MessageSent((ChannelType)undefined);
        _metrics.UserRegistered((RegistrationMethod)undefined);
        _metrics.FileUploaded((FileCategory)undefined);
        _metrics.FileUploaded(FileCategory.Image, (Outcome)undefined);
        _metrics.SearchPerformed((SearchScope)undefined, (Outcome)undefined);
        _metrics.SearchPerformed(SearchScope.All, (Outcome)undefined);

        Assert.Equal(0, Total());
    }

    private static string Value<T>(T member)
        where T : struct, Enum => member.ToString().ToLowerInvariant();

    private void Counts(MetricDefinition metric, Action verb, params string[] labels)
    {
        var (before, others) = (Read(metric, labels), Total());
        verb();
        Assert.Equal(before + 1, Read(metric, labels));
        Assert.Equal(others + 1, Total());
    }

    private double Read(MetricDefinition metric, string[] labels) => _registry.Counter(metric).Read(labels)!.Value;

    private double Total() => BusinessCatalogue.Events.Where(metric => _registry.Find(metric.Name) is not null).Sum(metric => Combinations(metric.Labels).Sum(labels => Read(metric, labels)));

    private static IEnumerable<string[]> Combinations(MetricLabel[] labels) =>
        labels.Aggregate((IEnumerable<string[]>)[[]], (rows, label) => rows.SelectMany(row => label.Values.Select(value => (string[])[.. row, value])));
}
