using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Tests.Support;

/// <summary>One exposition in Prometheus text, read line by line.</summary>
internal sealed partial class Scrape
{
    private Scrape(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
                continue;
            var match = Sample().Match(line);
            if (!match.Success)
                throw new FormatException($"Not a sample: {line}");
            var labels = Pair().Matches(match.Groups["labels"].Value)
                .ToDictionary(pair => pair.Groups["name"].Value, pair => Unescape(pair.Groups["value"].Value));
            Samples.Add(new SampleLine(match.Groups["name"].Value, labels, Number(match.Groups["value"].Value)));
        }
    }

    public string Text { get; }

    public List<SampleLine> Samples { get; } = [];

    public static Scrape Parse(string text) => new(text);

    public static async Task<Scrape> OfAsync(HttpClient client, string path = "/metrics") => new(await client.GetStringAsync(path));

    /// <param name="client">Of the host that is scraped.</param>
    /// <param name="satisfied">Asked until it is true.</param>
    /// <param name="path">Of the exposition.</param>
    /// <param name="text">Filled by the compiler: the end of a log must tell what was waited for.</param>
    public static async Task<Scrape> UntilAsync(HttpClient client, Func<Scrape, bool> satisfied, string path = "/metrics", [CallerArgumentExpression(nameof(satisfied))] string text = "")
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var scrape = await OfAsync(client, path);
            if (satisfied(scrape))
                return scrape;
            if (Stopwatch.GetElapsedTime(started) > Eventually.Bound)
                throw new TimeoutException($"Not satisfied within {Eventually.Bound}: {text}\n{scrape.Text}");
            await Task.Delay(10);
        }
    }

    /// <summary>One that begins when another was satisfied: one reads its families one after the other, while what they tell of may still be going on.</summary>
    /// <param name="client">Of the host that is scraped.</param>
    /// <param name="satisfied">Asked until it is true: of what is told last.</param>
    /// <param name="text">Filled by the compiler.</param>
    public static async Task<Scrape> AfterAsync(HttpClient client, Func<Scrape, bool> satisfied, [CallerArgumentExpression(nameof(satisfied))] string text = "")
    {
        await UntilAsync(client, satisfied, text: text);
        return await OfAsync(client);
    }

    /// <summary>The value of the one series with these labels, others allowed; null where there is none.</summary>
    public double? Value(string name, params (string Name, string Value)[] labels)
    {
        var found = All(name, labels).ToList();
        return found.Count switch
        {
            0 => null,
            1 => found[0].Value,
            _ => throw new InvalidOperationException($"{found.Count} series match {name}: {string.Join("; ", found)}"),
        };
    }

    /// <summary>The sum over all series with these labels; 0 where there is none.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) => All(name, labels).Sum(sample => sample.Value);

    public IEnumerable<SampleLine> All(string name, params (string Name, string Value)[] labels) =>
        Samples.Where(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value));

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
            plain.Append(text[i] == '\\' ? text[++i] == 'n' ? '\n' : text[i] : text[i]);
        return plain.ToString();
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(\\.|[^"\\])*)"(,|$)""")]
    private static partial Regex Pair();

    internal sealed record SampleLine(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
    {
        public override string ToString() => $"{Name}{{{string.Join(",", Labels.Select(label => $"{label.Key}=\"{label.Value}\""))}}} {Value.ToString(CultureInfo.InvariantCulture)}";
    }
}
