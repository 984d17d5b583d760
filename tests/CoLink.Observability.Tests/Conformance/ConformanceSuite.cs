using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Conformance;

/// <summary>What both suites ask of whoever derives them: the metrics, who counts their failures, and the app that they are in.</summary>
public abstract class ConformanceSuite
{
    private protected const string Alive = "/alive";

    /// <summary>The metrics of the catalogue that are filled here.</summary>
    private protected abstract MetricDefinition[] Metrics { get; }

    /// <summary>Who counts the failures, one of <see cref="Observers"/>.</summary>
    private protected abstract string Observer { get; }

    /// <summary>How the app is built before the one call.</summary>
    private protected virtual void Build(WebApplicationBuilder builder)
    {
    }

    /// <summary>What the observer is to find in the container: a cache, a client. An app without it must be told from one with it.</summary>
    private protected virtual void Bring(IServiceCollection services)
    {
    }

    private protected virtual void Map(WebApplication app)
    {
    }

    private protected virtual void Configure(CoLinkObservabilityOptions options)
    {
    }

    /// <summary>
    /// Makes the observer fail, before the host starts. By default its metrics exist already with other labels, so that whoever
    /// declares one throws; a family that is declared as the host is built breaks something of its own.
    /// </summary>
    private protected virtual void Break(WebApplication app)
    {
        var registry = app.Services.GetRequiredService<MetricRegistry>();
        foreach (var metric in Filled)
        {
            var taken = metric with { Labels = [.. metric.Labels, "taken"] };
            _ = metric.Kind switch
            {
                MetricKind.Counter => (MetricFamily)registry.Counter(taken),
                MetricKind.Gauge => registry.Gauge(taken),
                _ => registry.Histogram(taken),
            };
        }
    }

    private protected MetricDefinition[] Filled => [.. Metrics.Where(metric => metric.Stability == MetricStability.Stable)];

    private protected Task<RunningApp> StartAsync(IDictionary<string, string?>? settings = null, bool broken = false, bool bare = false) => RunningApp.StartAsync(
        app =>
        {
            if (broken)
                Break(app);
            app.MapGet(Alive, () => "yes");
            Map(app);
        },
        builder =>
        {
            Build(builder);
            if (!bare)
                Bring(builder.Services);
        },
        Configure, settings);

    private protected double Errors(Scrape scrape) => scrape.Value(SelfCatalogue.ObserverErrorsName, ("observer", Observer)) ?? double.NaN;

    /// <summary>The samples of one metric, those of a histogram's buckets and sums included.</summary>
    private protected static IEnumerable<Scrape.SampleLine> Samples(Scrape scrape, MetricDefinition metric) =>
        scrape.Samples.Where(sample => SampleNames.Of(metric).Contains(sample.Name));

    /// <summary>A label holds a value of the catalogue, or is open; and a sample has the catalogue's labels, no more and no less.</summary>
    private protected static void HasTheLabelsOfTheCatalogue(MetricDefinition metric, Scrape.SampleLine sample)
    {
        Assert.Equal(metric.Labels.Select(label => label.Name).Order(), sample.Labels.Keys.Where(name => name != "le").Order());
        Assert.All(metric.Labels, label => Assert.True(
            label.Allows(sample.Labels[label.Name]), $"{sample}: '{label.Name}' takes one of {string.Join(", ", label.Values)}."));
    }

    private protected async Task TheHostAnswersAndTheFailureIsCounted(RunningApp app)
    {
        Assert.Equal("yes", await app.Client.GetStringAsync(Alive));
        var scrape = await app.ScrapeUntilAsync(s => Errors(s) > 0);
        Assert.Equal("yes", await app.Client.GetStringAsync(Alive));
        Assert.NotEmpty(scrape.Samples);
    }
}
