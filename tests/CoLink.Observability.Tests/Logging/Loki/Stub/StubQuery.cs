using System.Globalization;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Tests.Logging.Loki.Stub;

/// <summary>As much of Loki's query API as it takes to read back what was stored: one label, forwards, from a time on.</summary>
internal static partial class StubQuery
{
    public const string Path = "/loki/api/v1/query_range";

    public static object Answer(IReadOnlyDictionary<string, IReadOnlyList<StubEntry>> streams, string query, long start, long limit)
    {
        var asked = Label().Match(query);
        var found = streams
            .Select(stream => (Labels: Label().Matches(stream.Key).ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value), Entries: stream.Value))
            .Where(stream => stream.Labels.GetValueOrDefault(asked.Groups["name"].Value) == asked.Groups["value"].Value)
            .SelectMany(stream => stream.Entries.Select(entry => (stream.Labels, Entry: entry)))
            .Where(one => one.Entry.Nanoseconds >= start)
            .OrderBy(one => one.Entry.Nanoseconds)
            .Take((int)limit);
        return new
        {
            data = new
            {
                result = found.GroupBy(one => one.Labels).Select(stream => new
                {
                    stream = stream.Key,
                    values = stream.Select(one => new[] { one.Entry.Nanoseconds.ToString(CultureInfo.InvariantCulture), one.Entry.Line }),
                }),
            },
        };
    }

    [GeneratedRegex("(?<name>[a-z_]+)=\"(?<value>[^\"]*)\"")]
    private static partial Regex Label();
}
