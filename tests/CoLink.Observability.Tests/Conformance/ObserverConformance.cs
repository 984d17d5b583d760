using System.Text;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Conformance;

/// <summary>
/// What every observer of a named source keeps: it says whether it hears, takes what it knows, lets pass what it does not, ends
/// with its host, and is never felt by the source. Alone in the process: another test's driver would be heard.
/// </summary>
[Collection(nameof(ProcessWide))]
public abstract class ObserverConformance : ConformanceSuite
{
    /// <summary>The source, as <c>colink_telemetry_source_active</c> names it.</summary>
    private protected abstract string Source { get; }

    /// <summary>Has the source, or what speaks in its name, say one thing that <see cref="Heard"/> counts.</summary>
    private protected abstract Task SpeakAsync(RunningApp app);

    /// <summary>How often the source was heard.</summary>
    private protected abstract double Heard(Scrape scrape);

    /// <summary>
    /// Has the source say, under names that are listened to, what nobody expects: unknown tags, null ones, values of other types,
    /// instruments of other kinds, payloads without the properties that are read.
    /// </summary>
    private protected abstract Task MisbehaveAsync(RunningApp app);

    /// <summary>Whether every host of the process hears the source; else only the host that it belongs to.</summary>
    private protected virtual bool IsPerProcess => true;

    /// <summary>True for a source that is there in every process, so that it is heard at once.</summary>
    private protected virtual bool IsAlwaysThere => false;

    /// <summary>
    /// True for a source that <see cref="ConformanceSuite.Bring"/> puts into the container: what is there decides whether it is
    /// active, as the host starts and before anybody uses it.
    /// </summary>
    private protected virtual bool IsFoundInTheContainer => false;

    [Fact]
    public async Task Its_source_is_inactive_until_it_is_heard()
    {
        await using var app = await StartAsync(bare: IsFoundInTheContainer);
        Assert.Equal(IsAlwaysThere ? 1 : 0, Active(await app.ScrapeAsync()));
        if (IsFoundInTheContainer)
            return;

        await SpeakAsync(app);

        await app.ScrapeUntilAsync(scrape => Active(scrape) == 1 && Heard(scrape) >= 1);
    }

    [Fact]
    public async Task Its_source_is_active_once_it_is_found_and_then_heard()
    {
        await using var app = await StartAsync();
        if (IsFoundInTheContainer || IsAlwaysThere)
            await app.ScrapeUntilAsync(scrape => Active(scrape) == 1);

        await SpeakAsync(app);

        await app.ScrapeUntilAsync(scrape => Active(scrape) == 1 && Heard(scrape) >= 1);
    }

    [Fact]
    public async Task What_it_does_not_expect_changes_nothing()
    {
        await using var app = await StartAsync();

        await MisbehaveAsync(app);

        var after = await app.ScrapeAsync();
        Assert.Equal(0, Errors(after));
        Assert.All(Metrics, metric => Assert.All(Samples(after, metric), sample => HasTheLabelsOfTheCatalogue(metric, sample)));
        await SpeakAsync(app);
        await app.ScrapeUntilAsync(scrape => Heard(scrape) >= Heard(after) + 1);
    }

    [Fact]
    public async Task Its_source_does_not_feel_it_fail_and_the_failure_is_counted()
    {
        await using var app = await StartAsync(broken: true);

        await SpeakAsync(app);

        await TheHostAnswersAndTheFailureIsCounted(app);
    }

    [Fact]
    public async Task Two_hosts_in_one_process_each_hear_what_is_theirs()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var (inOne, inOther) = (Heard(await one.ScrapeAsync()), Heard(await other.ScrapeAsync()));

        await SpeakAsync(one);

        await one.ScrapeUntilAsync(scrape => Heard(scrape) >= inOne + 1);
        if (IsPerProcess)
            await other.ScrapeUntilAsync(scrape => Heard(scrape) >= inOther + 1);
        else
            Assert.Equal(inOther, Heard(await other.ScrapeAsync()));
    }

    [Fact]
    public async Task It_stops_listening_with_its_host()
    {
        await using var other = await StartAsync();
        var ending = await StartAsync();
        var registry = ending.Services.GetRequiredService<MetricRegistry>();
        await SpeakAsync(ending);
        await ending.ScrapeUntilAsync(scrape => Heard(scrape) >= 1);
        await ending.DisposeAsync();
        var (heard, heardByOther) = (Heard(await ReadAsync(registry)), Heard(await other.ScrapeAsync()));

        await SpeakAsync(other);

        await other.ScrapeUntilAsync(scrape => Heard(scrape) >= heardByOther + 1);
        Assert.Equal(heard, Heard(await ReadAsync(registry)));
    }

    private double? Active(Scrape scrape) => scrape.Value(SelfCatalogue.SourceActive.Name, ("source", Source));

    /// <summary>The metrics of a host that has ended.</summary>
    private static async Task<Scrape> ReadAsync(MetricRegistry registry)
    {
        using var output = new MemoryStream();
        await registry.WriteAsync(output, openMetrics: false, TestContext.Current.CancellationToken);
        return Scrape.Parse(Encoding.UTF8.GetString(output.ToArray()));
    }
}
