using System.Diagnostics;
using System.Text;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Testing;

/// <summary>
/// The metrics of one host. A request is counted when it ends, which its client may learn a moment before: what expects a change waits
/// for it, within a bound.
/// </summary>
public sealed class Metrics
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly MetricRegistry _registry;

    internal Metrics(MetricRegistry registry) => _registry = registry;

    /// <summary>Every series, as <c>/metrics</c> would serve them now.</summary>
    /// <param name="name">Those of one name alone; of a histogram <c>x</c> its <c>x_bucket</c>, <c>x_sum</c> and <c>x_count</c>.</param>
    public async Task<IReadOnlyList<Series>> SeriesAsync(string? name = null)
    {
        using var text = new MemoryStream();
        await _registry.WriteAsync(text, openMetrics: false, CancellationToken.None);
        return [.. Exposition.Read(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length)).Where(series => name is null || IsOf(series, name))];
    }

    /// <summary>The value of one series.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">As many of its labels as it takes to mean one.</param>
    /// <exception cref="TelemetryAssertionException">None or several match; the message lists what there is of that name.</exception>
    public async Task<double> ValueAsync(string name, params (string Name, string Value)[] labels) => One(await SeriesAsync(), name, labels).Value;

    /// <summary>Waits until a series is as it should be, and gives its value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isRight">What it should be.</param>
    /// <param name="labels">As many of its labels as it takes to mean one.</param>
    /// <exception cref="TelemetryAssertionException">It was not within 10 seconds; the message says what it was.</exception>
    public Task<double> UntilAsync(string name, Func<double, bool> isRight, params (string Name, string Value)[] labels) =>
        UntilAsync(name, isRight, Telemetry.Patience, labels);

    /// <summary>Waits until a series is as it should be, and gives its value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isRight">What it should be.</param>
    /// <param name="bound">How long to wait.</param>
    /// <param name="labels">As many of its labels as it takes to mean one.</param>
    /// <exception cref="TelemetryAssertionException">It was not within the bound; the message says what it was.</exception>
    public async Task<double> UntilAsync(string name, Func<double, bool> isRight, TimeSpan bound, params (string Name, string Value)[] labels)
    {
        ArgumentNullException.ThrowIfNull(isRight);
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(Pause))
        {
            var all = await SeriesAsync();
            var found = all.Where(series => series.Name == name && series.Has(labels)).ToArray();
            if (found.Length == 1 && isRight(found[0].Value))
                return found[0].Value;
            if (Stopwatch.GetElapsedTime(started) < bound)
                continue;
            throw new TelemetryAssertionException(found.Length == 1
                ? $"After {bound} the value is still not right: {found[0]}"
                : $"After {bound}: {Missing(all, name, labels, found.Length)}");
        }
    }

    /// <summary>How much a series changed while something was done; a series that was not there before was 0. It does not wait.</summary>
    /// <param name="action">What is done.</param>
    /// <param name="name">Its name.</param>
    /// <param name="labels">As many of its labels as it takes to mean one.</param>
    /// <exception cref="TelemetryAssertionException">Afterwards none or several match.</exception>
    public async Task<double> DeltaAsync(Func<Task> action, string name, params (string Name, string Value)[] labels)
    {
        ArgumentNullException.ThrowIfNull(action);
        var before = await SeriesAsync();
        await action();
        var after = One(await SeriesAsync(), name, labels);
        return after.Value - (before.FirstOrDefault(series => series.Key == after.Key)?.Value ?? 0);
    }

    /// <summary>
    /// Asserts that something changes exactly these series of their metrics, by these amounts, and no other series of the same metrics.
    /// </summary>
    /// <param name="action">What is done.</param>
    /// <param name="expected">Lines such as <c>http_requests_total{method="GET",endpoint="/",status="200"} 1</c>; the order of labels does not matter.</param>
    /// <exception cref="FormatException">One is no such line, or ends with 0.</exception>
    /// <exception cref="TelemetryAssertionException">After 10 seconds they have changed otherwise; the message lists what was expected and what there was.</exception>
    public async Task ExpectAsync(Func<Task> action, params string[] expected)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(expected);
        var lines = expected.Select(Exposition.Line).ToArray();
        var names = lines.Select(series => series.Name).ToHashSet(StringComparer.Ordinal);
        if (lines.FirstOrDefault(series => series.Value == 0) is { } still)
            throw new FormatException($"'{still}' does not change: name what changes. A series of the same metric that is not named must not change.");
        var wanted = lines.Select(series => series.ToString()).Order(StringComparer.Ordinal).ToArray();
        var before = (await SeriesAsync()).ToDictionary(series => series.Key, series => series.Value, StringComparer.Ordinal);
        await action();
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(Pause))
        {
            var changed = (await SeriesAsync())
                .Where(series => names.Contains(series.Name))
                .Select(series => series with { Value = series.Value - before.GetValueOrDefault(series.Key) })
                .Where(series => series.Value != 0)
                .Select(series => series.ToString())
                .Order(StringComparer.Ordinal)
                .ToArray();
            if (changed.SequenceEqual(wanted))
                return;
            if (Stopwatch.GetElapsedTime(started) >= Telemetry.Patience)
                throw new TelemetryAssertionException($"Expected to change:\n{List(wanted)}\nChanged:\n{List(changed)}");
        }
    }

    private static bool IsOf(Series series, string name) =>
        series.Name == name || (series.Name.StartsWith(name, StringComparison.Ordinal) && series.Name[name.Length..] is "_bucket" or "_sum" or "_count");

    private static Series One(IReadOnlyList<Series> all, string name, (string Name, string Value)[] labels)
    {
        var found = all.Where(series => series.Name == name && series.Has(labels)).ToArray();
        return found.Length == 1 ? found[0] : throw new TelemetryAssertionException(Missing(all, name, labels, found.Length));
    }

    private static string Missing(IReadOnlyList<Series> all, string name, (string Name, string Value)[] labels, int found)
    {
        var asked = new Series(name, labels.ToDictionary(label => label.Name, label => label.Value), 0).Key;
        var there = all.Where(series => series.Name == name).Select(series => series.ToString()).ToArray();
        return there.Length > 0
            ? $"{(found == 0 ? "No series is" : $"{found} series are")} {asked}. There is:\n{List(there)}"
            : $"No series is {asked}. There are metrics called:\n{List(all.Select(series => series.Name).Distinct().Order(StringComparer.Ordinal))}";
    }

    private static string List(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => "  " + line).DefaultIfEmpty("  nothing"));
}
