using CoLink.Observability.Catalogue;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Conformance;

/// <summary>
/// What every family keeps. A suite says which metrics the family has, how an app fills them while nothing goes wrong, and, where
/// the default does not do, how its observer is made to fail.
/// </summary>
public abstract class FamilyConformance : ConformanceSuite
{
    private const int Cap = 50;

    /// <summary>Labels that say how something ended: beside a series that exists, the others of its kind exist at 0.</summary>
    private static readonly string[] Endings = ["outcome", "reason", "result", "kind"];

    /// <summary>Has every metric appear, with nothing going wrong. A failing observer must not make it fail.</summary>
    private protected abstract Task FillAsync(RunningApp app);

    /// <summary>The key below <c>CoLink:Observability</c> that switches the family off; null where it begins with its first use.</summary>
    private protected virtual string? Switch => null;

    /// <summary>False for what is there in every host.</summary>
    private protected virtual bool CanBeAbsent => true;

    /// <summary>False for metrics that are no part of the platform's contract: those of the app's own meters.</summary>
    private protected virtual bool IsOfTheCatalogue => true;

    /// <summary>Counters of errors that must be at 0 beside those that their names or labels tell.</summary>
    private protected virtual (MetricDefinition Metric, (string Name, string Value)[] Labels)[] ErrorsAtZero => [];

    /// <summary>Whether values of an open label can pass the cap.</summary>
    private protected virtual bool IsGuarded(MetricDefinition metric) => metric.Labels.Any(label => !label.IsBounded);

    /// <summary>Records values that a metric's open labels have not had yet.</summary>
    private protected virtual void Flood(RunningApp app, MetricDefinition metric, int values)
    {
        var family = app.Services.GetRequiredService<MetricRegistry>().Find(metric.Name);
        for (var i = 0; i < values; i++)
        {
            string[] labels = [.. metric.Labels.Select(label => label.IsBounded ? label.Values[i % label.Values.Count] : $"flood {i}")];
            if (family is CounterFamily counter)
                counter.Inc(labels);
            else if (family is GaugeFamily gauge)
                gauge.Set(i, labels);
            else
                ((HistogramFamily)family!).Observe(i, labels);
        }
    }

    [Fact]
    public void Its_metrics_keep_the_naming_rules_and_each_help_is_a_sentence()
    {
        Assert.NotEmpty(Filled);
        Assert.All(Metrics, MetricNames.Check);
        Assert.All(Metrics, metric => Assert.Matches(@"^[A-Z0-9][^\n]*\.$", metric.Help));
    }

    [Fact]
    public void Its_metrics_stand_in_the_catalogue_and_in_the_reference()
    {
        if (!IsOfTheCatalogue)
        {
            Assert.All(Metrics, metric => Assert.False(MetricCatalogue.Reserves(metric.Name)));
            return;
        }

        var reference = File.ReadAllLines(Path.Combine(Golden.Root, "docs/metrics.md"));

        Assert.All(Metrics, metric => Assert.Contains(metric, MetricCatalogue.All));
        Assert.All(Metrics, metric => Assert.Single(reference, line => line.StartsWith($"| `{metric.Name}`", StringComparison.Ordinal)));
        Assert.All(Filled, metric => Assert.NotEmpty(metric.FilledBy));
    }

    [Fact]
    public async Task Filled_it_is_served_as_it_is_described()
    {
        await using var app = await StartAsync();
        var scrape = await FilledAsync(app);

        Assert.All(Filled, metric =>
        {
            Assert.Contains($"# HELP {metric.Name} {metric.Help}\n# TYPE {metric.Name} {MetricNames.Lower(metric.Kind)}\n", scrape.Text);
            if (IsOfTheCatalogue)
                Assert.All(Samples(scrape, metric), sample => HasTheLabelsOfTheCatalogue(metric, sample));
        });
        if (IsOfTheCatalogue)
            Assert.All(app.Services.GetRequiredService<MetricRegistry>().Families, family => Assert.Contains(family.Definition, MetricCatalogue.All));
        Assert.Equal(0, Errors(scrape));
    }

    [Fact]
    public async Task Its_errors_are_at_0_before_the_first()
    {
        await using var app = await StartAsync();
        var scrape = await FilledAsync(app);

        Assert.All(Filled.Where(metric => metric.Name.EndsWith("_errors_total", StringComparison.Ordinal)), metric =>
            Assert.All(Samples(scrape, metric), sample => Assert.Equal(0, sample.Value)));
        Assert.All(Filled.Where(metric => metric.Kind == MetricKind.Counter), metric =>
            Assert.All(metric.Labels.Where(label => label.IsBounded && Endings.Contains(label.Name)), label =>
            {
                foreach (var sample in Samples(scrape, metric))
                    Assert.All(label.Values, value => Assert.NotNull(scrape.Value(metric.Name, [.. sample.Labels.Where(pair => pair.Key != label.Name).Select(pair => (pair.Key, pair.Value)), (label.Name, value)])));
            }));
        Assert.All(ErrorsAtZero, error => Assert.Equal(0, scrape.Value(error.Metric.Name, error.Labels)));
    }

    [Fact]
    public async Task Its_labels_are_bounded()
    {
        await using var app = await StartAsync(new Dictionary<string, string?> { [$"{OptionKey.Section}:Metrics:MaxSeriesPerMetric"] = $"{Cap}" });
        await FilledAsync(app);

        foreach (var metric in Filled.Where(IsGuarded))
        {
            Flood(app, metric, Cap * 4);
            var scrape = await app.ScrapeAsync();
            var overflow = metric.Labels.Where(label => label.IsBounded).Aggregate(1, (product, label) => product * label.Values.Count);
            Assert.InRange(scrape.Value(SelfCatalogue.Series.Name, ("metric", metric.Name))!.Value, Cap, Cap + overflow);
            Assert.InRange(scrape.Value(SelfCatalogue.LabelValuesRefusedName, ("metric", metric.Name))!.Value, 1, Cap * 4);
        }
    }

    [Fact]
    public async Task Off_or_unused_it_is_absent()
    {
        await using var app = await StartAsync(Switch is null ? null : new Dictionary<string, string?> { [$"{OptionKey.Section}:{Switch}"] = "false" }, bare: Switch is null);
        if (Switch is not null)
            await FillAsync(app);

        var text = (await app.ScrapeAsync()).Text;
        Assert.All(Filled, metric => Assert.Equal(!CanBeAbsent, text.Contains($"# TYPE {metric.Name} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_host_does_not_feel_its_failing_observer_and_the_failure_is_counted()
    {
        await using var app = await StartAsync(broken: true);

        await FillAsync(app);

        await TheHostAnswersAndTheFailureIsCounted(app);
    }

    private async Task<Scrape> FilledAsync(RunningApp app)
    {
        await FillAsync(app);
        return await app.ScrapeUntilAsync(scrape =>
            Filled.All(metric => Samples(scrape, metric).Any()) && ErrorsAtZero.All(error => scrape.Value(error.Metric.Name, error.Labels) is not null));
    }
}
