namespace CoLink.Observability.Monitoring.Verification;

/// <summary>What endpoints serve: each series' name with the labels it has there.</summary>
internal sealed class LiveMetrics
{
    private readonly Dictionary<string, HashSet<string>> _labels = new(StringComparer.Ordinal);

    public int Count => _labels.Count;

    public bool Has(string name) => _labels.ContainsKey(name);

    public bool Has(string name, string label) => _labels.TryGetValue(name, out var labels) && labels.Contains(label);

    /// <summary>Adds what an exposition in Prometheus' text format holds.</summary>
    /// <exception cref="FormatException">It is none; the message names the line.</exception>
    public void Add(string exposition)
    {
        var number = 0;
        foreach (var raw in exposition.Split('\n'))
        {
            number++;
            var line = raw.TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
                continue;
            var end = line.AsSpan().IndexOfAny('{', ' ');
            if (end <= 0)
                throw new FormatException($"line {number} is no sample: '{(line.Length > 60 ? line[..60] + "…" : line)}'");
            var labels = _labels.TryGetValue(line[..end], out var known) ? known : _labels[line[..end]] = new HashSet<string>(StringComparer.Ordinal);
            if (line[end] == '{')
                foreach (var matcher in PromQl.QueryReader.Read(line[..(line.LastIndexOf('}') + 1)]).Selectors.SelectMany(selector => selector.Matchers))
                    labels.Add(matcher.Label);
        }
    }
}
