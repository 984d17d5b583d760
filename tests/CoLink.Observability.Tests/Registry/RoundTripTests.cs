using System.Diagnostics;
using System.Globalization;
using System.Text;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using CsCheck;

namespace CoLink.Observability.Tests.Registry;

/// <summary>Whatever is declared and recorded, both formats are read by the letter and give it back to the last bit.</summary>
public sealed class RoundTripTests
{
    private static readonly string[] Names = ["zone", "a", "kind_of_it"];

    private static readonly Gen<double> Finite = Gen.OneOf(
        Gen.Double.Where(double.IsFinite),
        Gen.Double[-1e6, 1e6],
        Gen.OneOf<double>(0, -0.0, 1, -1, .1 + .2, 1e-7, 1e17, double.Epsilon, -double.Epsilon, 2.2250738585072009e-308, double.MaxValue, double.MinValue, 9007199254740993, ulong.MaxValue));

    private static readonly Gen<double> Any = Gen.OneOf(Finite, Gen.OneOf(double.NaN, double.PositiveInfinity, double.NegativeInfinity));

    /// <summary>Any UTF-16, lone surrogates and all; a few values again and again, so that series are recorded on more than once.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Char.Array[0, 20].Select(characters => new string(characters)),
        Gen.OneOf("", "x", "\"", "\\", "\n", "\\n", "a\"b\\c\nd\r", "\0\u0001\u007F\u0085\u2028\uFEFF", "\uD800", "\uDC00\uD800", "😀", "} 1 # {", "# EOF", "_other", new string('\\', 300)));

    private static readonly Gen<Plan> Plans = Gen.Select(
        Gen.OneOf(MetricKind.Counter, MetricKind.Gauge, MetricKind.Histogram),
        Text.Select(text => $"Help {text}"),
        Gen.Int[0, Names.Length],
        Finite.Select(bound => bound == 0 ? 0 : bound).HashSet[1, 6].Select(bounds => bounds.Order().ToArray()),
        Gen.Select(Text.Array[Names.Length], Any, Gen.Bool, (values, value, sampled) => new Recorded(values, value, sampled)).Array[0, 12],
        (kind, help, labels, bounds, records) => new Plan(kind, help, labels, bounds, records));

    [Fact]
    public async Task Any_registry_is_read_back_as_it_was_recorded() => await Plans.Array[1, 5].SampleAsync(
        async plans =>
        {
            var registry = TestRegistry.New();
            var models = plans.Select((plan, i) => new Model(plan, i)).ToList();
            foreach (var model in models)
                model.Record(registry.Metrics);
            foreach (var openMetrics in new[] { false, true })
            {
                var read = await registry.ReadAsync(openMetrics);
                foreach (var model in models)
                    model.AssertIn(read, openMetrics);
            }
        },
        iter: 500);

    private sealed record Recorded(string[] Values, double Value, bool Sampled);

    private sealed record Plan(MetricKind Kind, string Help, int Labels, double[] Bounds, Recorded[] Records);

    private sealed record Offered(double Value, string TraceId, string SpanId);

    /// <summary>What one family should hold: its own sums, counts and first sampled spans, kept beside the registry's.</summary>
    private sealed class Model(Plan plan, int number)
    {
        private readonly Dictionary<string, Series> _series = plan.Labels == 0 ? new() { [""] = new(plan.Bounds.Length) } : [];

        private string Family => $"m{number}{(plan.Kind == MetricKind.Histogram ? "_items" : "")}";

        private string Name => plan.Kind == MetricKind.Counter ? Family + "_total" : Family;

        public void Record(MetricRegistry registry)
        {
            MetricLabel[] labels = [.. Names.Take(plan.Labels).Select(name => (MetricLabel)name)];
            var definition = new MetricDefinition(Name, plan.Kind, plan.Help, labels) { Buckets = plan.Kind == MetricKind.Histogram ? plan.Bounds : [], Exemplars = true };
            foreach (var (values, value, sampled) in plan.Records)
            {
                using var span = sampled ? new Activity("work") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start() : null;
                var own = values[..plan.Labels];
                Record(registry, definition, own, value);
                Expect(_series.TryGetValue(Key(own), out var known) ? known : _series[Key(own)] = new(plan.Bounds.Length), value, span);
            }

            if (plan.Records.Length == 0)
                Declare(registry, definition);
        }

        public void AssertIn(StrictExposition read, bool openMetrics)
        {
            var family = read.Family(openMetrics ? Family : Name);
            Assert.Equal(MetricNames.Lower(plan.Kind), family.Type);
            Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(plan.Help)).Replace('"', '\'').Replace("\r", "", StringComparison.Ordinal), family.Help);
            var values = family.Samples.ToDictionary(sample => (sample.Name, Key(sample), sample["le"]), sample => sample);
            Assert.Equal(_series.Count * (plan.Kind == MetricKind.Histogram ? plan.Bounds.Length + 3 : 1), values.Count);
            foreach (var (key, series) in _series)
            {
                if (plan.Kind == MetricKind.Histogram)
                    AssertHistogram(family, values.Where(one => one.Key.Item2 == key).Select(one => one.Value).ToList(), series, openMetrics);
                else
                    AssertSample(values[(Name, key, null)], series.Value, openMetrics && plan.Kind == MetricKind.Counter ? series.Offered[0] : null);
            }
        }

        private static MetricFamily Declare(MetricRegistry registry, MetricDefinition definition) => definition.Kind switch
        {
            MetricKind.Counter => registry.Counter(definition),
            MetricKind.Gauge => registry.Gauge(definition),
            _ => registry.Histogram(definition),
        };

        private static void Record(MetricRegistry registry, MetricDefinition definition, string[] values, double value)
        {
            switch (Declare(registry, definition))
            {
                case CounterFamily counter: counter.Inc(value, values); break;
                case GaugeFamily gauge: gauge.Set(value, values); break;
                case HistogramFamily histogram: histogram.Observe(value, values); break;
                default: throw new InvalidOperationException();
            }
        }

        private void Expect(Series series, double value, Activity? span)
        {
            if (plan.Kind != MetricKind.Gauge && (!double.IsFinite(value) || (plan.Kind == MetricKind.Counter && value < 0)))
                return;
            var bucket = plan.Kind == MetricKind.Histogram ? plan.Bounds.TakeWhile(bound => value > bound).Count() : 0;
            series.Value = plan.Kind == MetricKind.Gauge ? value : series.Value + value;
            series.Counts[bucket]++;
            if (span is not null)
                series.Offered[bucket] ??= new Offered(value, span.TraceId.ToHexString(), span.SpanId.ToHexString());
        }

        private void AssertHistogram(ExposedFamily family, List<ExposedSample> samples, Series series, bool openMetrics)
        {
            AssertSample(samples.Single(sample => sample.Name == family.Name + "_sum"), series.Value, null);
            AssertSample(samples.Single(sample => sample.Name == family.Name + "_count"), series.Counts.Sum(), null);
            var buckets = samples.Where(sample => sample["le"] is not null).ToList();
            Assert.Equal(plan.Bounds, buckets[..^1].Select(bucket => double.Parse(bucket["le"]!, CultureInfo.InvariantCulture)));
            for (var i = 0; i < buckets.Count; i++)
                AssertSample(buckets[i], series.Counts.Take(i + 1).Sum(), openMetrics ? series.Offered[i] : null);
        }

        private static void AssertSample(ExposedSample sample, double value, Offered? offered)
        {
            AssertSame(value, sample.Value);
            Assert.Equal(offered is null, sample.Exemplar is null);
            if (offered is null)
                return;
            AssertSame(offered.Value, sample.Exemplar!.Value);
            Assert.Equal([("span_id", offered.SpanId), ("trace_id", offered.TraceId)], sample.Exemplar.Labels.Order());
        }

        /// <summary>To the last bit, but that one NaN is as good as another, and one zero.</summary>
        private static void AssertSame(double expected, double actual) => Assert.True(expected.Equals(actual), $"{expected:R} was read as {actual:R}");

        private static string Key(string[] values) => string.Join('|', values.Select(LabelValues.Clean).Select(value => $"{value.Length}:{value}"));

        private string Key(ExposedSample sample) => Key([.. Names.Take(plan.Labels).Select(name => sample[name]!)]);

        private sealed class Series(int bounds)
        {
            public double Value { get; set; }

            public long[] Counts { get; } = new long[bounds + 1];

            public Offered?[] Offered { get; } = new Offered?[bounds + 1];
        }
    }
}
