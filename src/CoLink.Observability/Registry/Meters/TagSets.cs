using System.Runtime.CompilerServices;

namespace CoLink.Observability.Registry.Meters;

/// <summary>
/// Turns the tags of a measurement into the family of their label set and its label values. Tags come in any order and number;
/// labels are sorted, so that one set of tags is one series. A tag without a value is no label: to Prometheus an empty label and
/// an absent one are the same, and a series would appear twice.
/// </summary>
internal sealed class TagSets(Func<string[], MetricFamily> create)
{
    /// <summary>A meter has a handful of label sets. More are keys that come from outside, and would grow without bound.</summary>
    public const int MaxSets = 16;

    /// <summary>More tags than anybody groups by.</summary>
    public const int MaxTags = 32;

    /// <summary>The label of measurements whose tags exceed a bound; its one value is <c>_other</c>.</summary>
    private static readonly string[] Refused = ["tags"];

    /// <summary>Orders of keys that were seen are found without allocating. Further ones are only slower.</summary>
    private const int MaxOrders = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, MetricFamily> _sets = new(StringComparer.Ordinal);
    private MetricFamily[] _families = [];
    private Order[] _orders = [];

    public IReadOnlyList<MetricFamily> Families => Volatile.Read(ref _families);

    /// <summary>The family, and in the buffer its label values.</summary>
    /// <param name="tags">The tags as measured.</param>
    /// <param name="values">At least as long as the tags, and not empty.</param>
    /// <param name="count">How many of the values are set.</param>
    public MetricFamily Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, Span<string> values, out int count)
    {
        if (tags.Length > MaxTags)
            return Overflow(values, out count);
        var keyBuffer = default(Texts);
        var textBuffer = default(Texts);
        count = 0;
        foreach (var (key, value) in tags)
        {
            if (TagText.Of(value) is not { Length: > 0 } text)
                continue;
            keyBuffer[count] = key ?? "";
            textBuffer[count++] = text;
        }

        var keys = ((ReadOnlySpan<string>)keyBuffer)[..count];
        var order = Known(keys) ?? Learn(keys);
        if (order is null)
            return Overflow(values, out count);
        for (var i = 0; i < count; i++)
            values[order.Places[i]] = textBuffer[i];
        return order.Family;
    }

    private Order? Known(ReadOnlySpan<string> keys)
    {
        foreach (var order in Volatile.Read(ref _orders))
        {
            if (keys.SequenceEqual(order.Keys))
                return order;
        }

        return null;
    }

    private Order? Learn(ReadOnlySpan<string> keys)
    {
        var names = new string[keys.Length];
        for (var i = 0; i < keys.Length; i++)
            names[i] = Unique(MeterNames.Label(keys[i]), names.AsSpan(0, i));
        var sorted = names.Order(StringComparer.Ordinal).ToArray();
        var places = Array.ConvertAll(names, name => Array.IndexOf(sorted, name));

        lock (_gate)
        {
            if (!_sets.ContainsKey(string.Join(',', sorted)) && _sets.Count >= MaxSets)
                return null;
            var order = new Order(keys.ToArray(), places, Set(sorted));
            if (_orders.Length < MaxOrders)
                _orders = [.. _orders, order];
            return order;
        }
    }

    private MetricFamily Overflow(Span<string> values, out int count)
    {
        values[0] = LabelValues.Other;
        count = 1;
        lock (_gate)
            return Set(Refused);
    }

    private MetricFamily Set(string[] labels)
    {
        var id = string.Join(',', labels);
        if (_sets.TryGetValue(id, out var family))
            return family;
        family = create(labels);
        _sets[id] = family;
        _families = [.. _families, family];
        return family;
    }

    /// <summary>Two keys may become one name, <c>a.b</c> and <c>a_b</c>; neither is lost.</summary>
    private static string Unique(string name, ReadOnlySpan<string> taken)
    {
        var unique = name;
        for (var i = 2; taken.Contains(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }

    private sealed record Order(string[] Keys, int[] Places, MetricFamily Family);

    [InlineArray(MaxTags)]
    private struct Texts
    {
        private string _first;
    }
}
