using System.Collections.Concurrent;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry.Meters;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>
/// The metrics of one host. Declare a metric once, keep the family, record on it. Each passes the same naming rules when it is
/// declared and the same label guard when it is recorded.
/// </summary>
/// <remarks>Two hosts in one process have a registry each and do not see each other.</remarks>
public sealed class MetricRegistry
{
    private readonly CollectorRegistry _collectors = ClientLibrary.NewRegistry();
    private readonly IMetricFactory _factory;
    private readonly ScrapeRounds _rounds = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private MetricFamily[] _inOrder = [];
    private readonly Lock _declaring = new();
    private readonly SeriesLimits _limits;
    private readonly ILogger _logger;
    private readonly Counter _refused;
    private readonly Refreshes _refreshes;
    private readonly Measurements _measurements;
    private readonly StaticRegistry? _static;
    private readonly ConcurrentDictionary<Type, Lazy<object>> _shared = new();

    /// <summary>Every name in the exposition with the metric that took it. A scrape reads it while a metric is declared.</summary>
    private readonly ConcurrentDictionary<string, string> _taken = new(StringComparer.Ordinal);

    internal MetricRegistry(SeriesLimits limits, ILogger logger, StaticRegistry? staticRegistry = null, TimeProvider? time = null)
    {
        _limits = limits;
        _logger = logger;
        _measurements = new Measurements(time ?? TimeProvider.System);
        _factory = ClientLibrary.Factory(_collectors, Exemplars.None());

        // Its label is the name of a metric, and the guard counts on it: it stands outside the guard.
        var refused = SelfCatalogue.LabelValuesRefused;
        _refused = _factory.CreateCounter(refused.Name, refused.Help, [.. refused.Labels.Select(label => label.Name)]);
        _refreshes = new Refreshes(Counter(SelfCatalogue.ObserverErrors), logger, time ?? TimeProvider.System);
        Series = Gauge(SelfCatalogue.Series);
        Take(refused);
        _static = staticRegistry;
        if (_static is not null)
            Gauge(SelfCatalogue.SourceActive).With(SelfCatalogue.StaticRegistrySource).Set(1);
    }

    /// <summary>Declares a counter, or returns it where it was declared before with the same labels.</summary>
    /// <param name="name">Its name in snake case, ending in <c>_total</c>, before it a unit where it counts one: <c>_seconds_total</c>, <c>_bytes_total</c>.</param>
    /// <param name="help">What it counts, in a sentence.</param>
    /// <param name="labels">Its labels; a string is a label with open values.</param>
    /// <exception cref="ArgumentException">The name, a label or the unit breaks a rule, the name is the platform's, or the metric exists with another type or other labels.</exception>
    public CounterFamily Counter(string name, string help, params ReadOnlySpan<MetricLabel> labels) =>
        Counter(Own(new MetricDefinition(name, MetricKind.Counter, help, labels.ToArray())));

    /// <summary>Declares a gauge, or returns it where it was declared before with the same labels.</summary>
    /// <param name="name">Its name in snake case, ending in its unit where it has one: <c>_seconds</c>, <c>_bytes</c>, <c>_ratio</c>.</param>
    /// <param name="help">What it says, in a sentence.</param>
    /// <param name="labels">Its labels; a string is a label with open values.</param>
    /// <exception cref="ArgumentException">The name, a label or the unit breaks a rule, the name is the platform's, or the metric exists with another type or other labels.</exception>
    public GaugeFamily Gauge(string name, string help, params ReadOnlySpan<MetricLabel> labels) =>
        Gauge(Own(new MetricDefinition(name, MetricKind.Gauge, help, labels.ToArray())));

    /// <summary>Declares a histogram, or returns it where it was declared before with the same labels and buckets.</summary>
    /// <param name="name">Its name in snake case, ending in what is measured: <c>_seconds</c>, <c>_bytes</c>, <c>_ratio</c>, <c>_items</c>.</param>
    /// <param name="help">What it measures, in a sentence.</param>
    /// <param name="buckets">Upper bounds, finite and ascending, +Inf implied; see <see cref="Buckets"/>.</param>
    /// <param name="labels">Its labels; a string is a label with open values.</param>
    /// <exception cref="ArgumentException">The name, a label, a bound or the unit breaks a rule, the name is the platform's, or the metric exists with another type, other labels or other buckets.</exception>
    public HistogramFamily Histogram(string name, string help, IReadOnlyList<double> buckets, params ReadOnlySpan<MetricLabel> labels)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        return Histogram(Own(new MetricDefinition(name, MetricKind.Histogram, help, labels.ToArray()) { Buckets = [.. buckets] }));
    }

    /// <summary>How many series each metric has, refreshed at each scrape. Its label is the name of a metric, as many as are declared.</summary>
    internal GaugeFamily Series { get; }

    /// <summary>Every family, in the order of declaration.</summary>
    internal IReadOnlyList<MetricFamily> Families => Volatile.Read(ref _inOrder);

    internal CounterFamily Counter(MetricDefinition metric) => (CounterFamily)Declare(metric);

    internal GaugeFamily Gauge(MetricDefinition metric) => (GaugeFamily)Declare(metric);

    internal HistogramFamily Histogram(MetricDefinition metric) => (HistogramFamily)Declare(metric);

    /// <summary>The family of what meters publish under this name, or null with the reason where the name is not free.</summary>
    internal MeterFamily? Publish(MetricDefinition metric, Recording recording, out string? reason)
    {
        reason = null;
        lock (_declaring)
        {
            if (_families.GetValueOrDefault(metric.Name) is MeterFamily known && known.Recording == recording)
                return known;
            var taken = TakenBy(metric);
            if (taken is not null || MetricCatalogue.Reserves(metric.Name))
            {
                reason = taken is null ? "takes a name of the platform's" : $"takes a name of {taken}";
                return null;
            }

            var budget = Budget(metric);
            return Add(new MeterFamily(metric, recording, shape => Create(shape, budget)));
        }
    }

    /// <summary>
    /// What a package keeps once a host, made at the first asking: a client is built wherever the app builds it, and what several of
    /// them say together has no other place.
    /// </summary>
    internal T Shared<T>(Func<MetricRegistry, T> create)
        where T : class => (T)_shared.GetOrAdd(typeof(T), _ => new Lazy<object>(() => create(this))).Value;

    /// <summary>Something to run before each scrape, for what is read rather than counted.</summary>
    internal void BeforeScrape(string observer, Action refresh) => _refreshes.Add(observer, refresh);

    /// <summary>The same for what calls code of the app, which may hang; see <see cref="AppRefresh"/>.</summary>
    internal void BeforeScrapeAskTheApp(string observer, Action refresh) => _refreshes.AddOfTheApp(observer, refresh);

    /// <summary>An observer failed, and the host must not feel it: counted, and logged the first time.</summary>
    internal void Failed(string observer, Exception exception) => _refreshes.Failed(observer, exception);

    /// <summary>An observer could not record all it was given, and has said so itself.</summary>
    internal void LeftOut(string observer) => _refreshes.Count(observer);

    /// <summary>Refreshes what is read at a scrape and writes every metric.</summary>
    /// <param name="output">Where to write; it is flushed but not closed.</param>
    /// <param name="openMetrics">OpenMetrics 1.0 with exemplars and its end mark, else Prometheus text 0.0.4.</param>
    /// <param name="cancellation">Ends the writing where the scraper went away.</param>
    internal async Task WriteAsync(Stream output, bool openMetrics, CancellationToken cancellation)
    {
        await _refreshes.RunAsync(cancellation);
        foreach (var family in Families)
            Series.With(family.Name).Set(family.SeriesCount);
        if (_static is not null)
            await WriteStaticAsync(_static, output, openMetrics, cancellation);
        await ClientLibrary.WriteAsync(_collectors, output, openMetrics, cancellation);
        _rounds.Next();
    }

    private async Task WriteStaticAsync(StaticRegistry foreign, Stream output, bool openMetrics, CancellationToken cancellation)
    {
        try
        {
            var leftOut = await foreign.WriteAsync(output, openMetrics, _taken.ContainsKey, cancellation);
            foreach (var _ in leftOut)
                LeftOut(Observers.StaticRegistry);
            if (leftOut.Count > 0)
                Log.StaticFamiliesLeftOut(_logger, string.Join(", ", leftOut));
        }
        catch (StaticRegistryException exception)
        {
            Failed(Observers.StaticRegistry, exception);
        }
    }

    /// <summary>What the library says about itself has as many series as the service has metrics, checks and the like: no cap of the user's hides them.</summary>
    internal int LimitOf(MetricDefinition metric) => SelfCatalogue.Has(metric.Name) ? int.MaxValue : _limits.For(metric.Name);

    internal MetricFamily? Find(string name) => _families.GetValueOrDefault(name);

    private MetricFamily Declare(MetricDefinition metric)
    {
        MetricNames.Check(metric);
        lock (_declaring)
        {
            if (_families.TryGetValue(metric.Name, out var existing))
                return Same(existing, metric);
            if (TakenBy(metric) is { } taken)
                throw MetricNames.Refused(metric.Name, $"would share its OpenMetrics family with {taken}: choose another name");
            return Add(Create(metric, Budget(metric)));
        }
    }

    private MetricFamily Create(MetricDefinition metric, SeriesBudget budget)
    {
        string[] labels = [.. metric.Labels.Select(label => label.Name)];
        Counter.Child Refusals() => _refused.WithLabels(metric.Name);
        return metric.Kind switch
        {
            MetricKind.Counter => new CounterFamily(metric, _factory.CreateCounter(metric.Name, Help(metric), labels), budget, Refusals, ExemplarsOf(metric)),
            MetricKind.Gauge => new GaugeFamily(metric, _factory.CreateGauge(metric.Name, Help(metric), labels), budget, Refusals, _measurements),
            _ => new HistogramFamily(
                metric, _factory.CreateHistogram(metric.Name, Help(metric), labels, new HistogramConfiguration { Buckets = [.. metric.Buckets] }), budget, Refusals, _measurements, ExemplarsOf(metric)),
        };
    }

    /// <summary>What a series needs that may have exemplars; null where the metric has none.</summary>
    private Func<ExemplarOffers>? ExemplarsOf(MetricDefinition metric)
    {
        if (!metric.Exemplars)
            return null;
        double[] bounds = [.. metric.Buckets];
        return () => new ExemplarOffers(bounds, _rounds);
    }

    private SeriesBudget Budget(MetricDefinition metric) => new(metric.Name, LimitOf(metric), _logger, () => LeftOut(Observers.Registry));

    private TFamily Add<TFamily>(TFamily family)
        where TFamily : MetricFamily
    {
        // Where anything may be refused, the first refusal must be an increase.
        if (family is MeterFamily || family.Definition.Labels.Any(label => !label.IsBounded))
            _refused.WithLabels(family.Name);
        Take(family.Definition);
        _families[family.Name] = family;
        _inOrder = [.. _inOrder, family];
        return family;
    }

    private void Take(MetricDefinition metric)
    {
        foreach (var name in SampleNames.Of(metric))
            _taken[name] = metric.Name;
    }

    private string? TakenBy(MetricDefinition metric) => SampleNames.Of(metric).Select(name => _taken.GetValueOrDefault(name)).FirstOrDefault(name => name is not null);

    private static MetricFamily Same(MetricFamily existing, MetricDefinition metric)
    {
        var known = existing.Definition;
        if (existing is MeterFamily)
            throw MetricNames.Refused(metric.Name, "is published from a meter of Metrics:Meters: choose another name, or take the meter off the list");
        if (known.Kind != metric.Kind)
            throw MetricNames.Refused(metric.Name, $"is declared as a {MetricNames.Lower(metric.Kind)}, but it exists as a {MetricNames.Lower(known.Kind)}");
        if (known.Labels.Length != metric.Labels.Length || known.Labels.Where((label, i) => !label.SameAs(metric.Labels[i])).Any())
            throw MetricNames.Refused(metric.Name, $"is declared with the labels [{string.Join(", ", metric.Labels.AsEnumerable())}], but it exists with [{string.Join(", ", known.Labels.AsEnumerable())}]: declare it once and keep the family");
        if (!ReferenceEquals(known.Buckets, metric.Buckets) && !known.Buckets.SequenceEqual(metric.Buckets))
            throw MetricNames.Refused(metric.Name, "is declared with other buckets than before: declare it once and keep the family");
        return existing;
    }

    /// <summary>A service's own metric may not take a name of the platform's, whether or not its family is here.</summary>
    private static MetricDefinition Own(MetricDefinition metric) => string.IsNullOrEmpty(metric.Name) || !MetricCatalogue.Reserves(metric.Name)
        ? metric
        : throw MetricNames.Refused(metric.Name, $"is the platform's name: names that start with {MetricCatalogue.ReservedPrefix} and those of docs/metrics.md are taken; begin with the service's own word");

    /// <summary>
    /// The client library writes help as it is, in both formats, and a line break in it would end the line. Both escape it and the
    /// backslash alike, but a quote only OpenMetrics: an apostrophe reads the same in either.
    /// </summary>
    private static string Help(MetricDefinition metric) =>
        metric.Help.Replace('"', '\'').Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
}
