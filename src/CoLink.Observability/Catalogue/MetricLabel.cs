namespace CoLink.Observability.Catalogue;

/// <summary>
/// A label of a metric: a name, and, where they are known beforehand, the values it may take.
/// A string converts to a label whose values are open; the label guard bounds those.
/// </summary>
public sealed class MetricLabel
{
    private readonly HashSet<string>? _allowed;

    private MetricLabel(string name, IReadOnlyList<string> values)
    {
        Name = name;
        Values = values;
        _allowed = values.Count == 0 ? null : new HashSet<string>(values, StringComparer.Ordinal);
    }

    /// <summary>The label's name, in snake case.</summary>
    public string Name { get; }

    /// <summary>The values it may take; empty where any value may come.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether the values are known beforehand. A bounded label keeps its value when a metric overflows.</summary>
    public bool IsBounded => _allowed is not null;

    /// <summary>A label whose values are not known beforehand.</summary>
    /// <param name="name">Its name, in snake case.</param>
    public static MetricLabel Open(string name) => new(name, []);

    /// <summary>A label that takes one of the given values; any other is recorded as <c>_other</c> and counted as refused.</summary>
    /// <param name="name">Its name, in snake case.</param>
    /// <param name="values">Every value it may take; at least one.</param>
    /// <exception cref="ArgumentException">No value was given.</exception>
    public static MetricLabel OneOf(string name, params string[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0)
            throw new ArgumentException($"Label '{name}' takes one of no values: name at least one, or use MetricLabel.Open.", nameof(values));
        return new MetricLabel(name, [.. values]);
    }

    /// <summary>A label whose values are not known beforehand.</summary>
    /// <param name="name">Its name, in snake case.</param>
    public static implicit operator MetricLabel(string name) => Open(name);

    internal bool Allows(string value) => _allowed is null || _allowed.Contains(value);

    internal bool SameAs(MetricLabel other) => Name == other.Name && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    /// <inheritdoc />
    public override string ToString() => IsBounded ? $"{Name} ({string.Join(", ", Values)})" : Name;
}
