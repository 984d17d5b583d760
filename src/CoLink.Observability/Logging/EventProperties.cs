using System.Runtime.CompilerServices;
using Serilog.Events;

namespace CoLink.Observability.Logging;

/// <summary>Fills the properties of an event: first its own, then those of its scopes, of which an inner one wins over an outer one and the event's own over all.</summary>
/// <param name="properties">What is filled.</param>
/// <param name="own">What was handed to the logger.</param>
/// <param name="values">Makes the values.</param>
internal readonly struct EventProperties(Dictionary<string, LogEventPropertyValue> properties, object? own, EventValues values)
{
    private const string OriginalFormat = "{OriginalFormat}";
    private const string Scope = "Scope";

    /// <summary>The message template, which by convention stands last; null where the message is a text.</summary>
    public static string? FormatOf(object? state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> list)
            return (state as IEnumerable<KeyValuePair<string, object?>>)?.FirstOrDefault(static pair => pair.Key == OriginalFormat).Value as string;
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (list[i] is { Key: OriginalFormat, Value: string format })
                return format;
        }

        return null;
    }

    /// <summary>Whether it came with properties, also where it has no template.</summary>
    public bool HasOwn => own is IEnumerable<KeyValuePair<string, object?>>;

    /// <summary>Where there are properties and no template, nobody knows which of them stand in the text: it becomes a property, as Serilog has it.</summary>
    /// <returns>The template that shows it.</returns>
    public string AddMessage(string text)
    {
        var name = "State";
        while (!properties.TryAdd(name, new ScalarValue(text)))
            name += "_";
        return $"{{{name}:l}}";
    }

    public void AddOwn()
    {
        if (own is IReadOnlyList<KeyValuePair<string, object?>> list)
        {
            for (var i = 0; i < list.Count; i++)
                Add(list[i], isOfScope: false);
        }
        else if (own is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach (var pair in pairs)
                Add(pair, isOfScope: false);
        }
    }

    public void AddScope(object? scope)
    {
        if (scope is IReadOnlyList<KeyValuePair<string, object?>> list)
        {
            for (var i = 0; i < list.Count; i++)
                Add(list[i], isOfScope: true);
            if (FormatOf(scope) is not null)
                AddText(scope.ToString());
        }
        else if (scope is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach (var pair in pairs)
                Add(pair, isOfScope: true);
            if (FormatOf(scope) is not null)
                AddText(scope.ToString());
        }
        else if (scope is ITuple { Length: 2 } tuple && tuple[0] is string name)
        {
            Add(new KeyValuePair<string, object?>(name, tuple[1]), isOfScope: true);
        }
        else
        {
            AddText(scope?.ToString());
        }
    }

    private void Add(KeyValuePair<string, object?> pair, bool isOfScope)
    {
        var (name, value) = pair;
        if (string.IsNullOrWhiteSpace(name) || name == OriginalFormat)
            return;

        // Serilog's signs before a name: take the object apart, or show what it says of itself.
        var isStructure = name[0] == '@';
        if (isStructure || name[0] == '$')
        {
            value = isStructure ? value : value?.ToString();
            name = name[1..];
            if (string.IsNullOrWhiteSpace(name))
                return;
        }

        if (values.Of(name, value, isStructure) is { } bound && !properties.TryAdd(name, bound) && isOfScope && !IsOwn(name))
            properties[name] = bound;
    }

    /// <summary>Scopes without names of their own stand together, outermost first.</summary>
    private void AddText(string? text)
    {
        if (text is null || IsOwn(Scope))
            return;
        LogEventPropertyValue item = new ScalarValue(text);
        properties[Scope] = new SequenceValue(properties.GetValueOrDefault(Scope) is SequenceValue outer ? [.. outer.Elements, item] : [item]);
    }

    private bool IsOwn(string name)
    {
        if (name is "SourceContext" or "EventId")
            return true;
        return own is IEnumerable<KeyValuePair<string, object?>> pairs
            && pairs.Any(pair => pair.Key == name || (pair.Key.Length == name.Length + 1 && pair.Key[0] is '@' or '$' && pair.Key.AsSpan(1).SequenceEqual(name)));
    }
}
