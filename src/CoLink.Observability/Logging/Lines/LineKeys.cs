using Serilog.Events;

namespace CoLink.Observability.Logging.Lines;

/// <summary>Under which key a property of the event stands in its line.</summary>
internal struct LineKeys(JsonValues values, IReadOnlyDictionary<string, LogEventPropertyValue> properties)
{
    private UniqueKeys? _unique;

    public void Write(ref Utf8Line line, string name, KnownName known)
    {
        if (known.IsReserved)
            JsonValues.WriteKey(ref line, Free(name), null);
        else
            JsonValues.WriteKey(ref line, known, known.IsPlain ? null : _unique ??= Unique());
    }

    /// <summary>A property that is named like a key of the line's own gives way, and overwrites no other.</summary>
    private readonly KnownName Free(string name)
    {
        do
            name += "_";
        while (properties.ContainsKey(name));
        return values.Name(name);
    }

    private readonly UniqueKeys Unique() => new(properties.Keys.Select(values.Name).Where(name => name.IsPlain).Select(name => name.Written));
}
