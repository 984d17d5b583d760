using System.Text;
using CoLink.Observability.Logging.Redaction;
using Serilog.Events;

namespace CoLink.Observability.Logging.Lines;

/// <summary>The value of a property as JSON, within the limits, without what is hidden.</summary>
internal sealed class JsonValues
{
    private readonly Redactor _redactor;
    private readonly NameCache<KnownName> _names;

    public JsonValues(Redactor redactor)
    {
        _redactor = redactor;
        _names = new NameCache<KnownName>(name => new KnownName(name, redactor.Of(name)));
    }

    public KnownName Name(string name) => _names.Of(name);

    /// <param name="line">Where it is written; once it is full, what comes is half a value that its owner takes back.</param>
    /// <param name="value">The value.</param>
    /// <param name="treatment">What its name says.</param>
    /// <param name="depth">How many objects and lists it stands in, itself included.</param>
    public void Write(ref Utf8Line line, LogEventPropertyValue value, NameTreatment treatment, int depth = 1)
    {
        if (treatment == NameTreatment.Hidden)
        {
            Redacted(ref line);
            return;
        }

        switch (value)
        {
            case ScalarValue scalar:
                WriteScalar(ref line, scalar.Value, treatment);
                break;
            case var _ when treatment == NameTreatment.Query:
                Redacted(ref line);
                break;
            case var _ when depth > LineLimits.Depth:
                Quoted(ref line, LineLimits.CutMark);
                break;
            case SequenceValue sequence:
                WriteSequence(ref line, sequence.Elements, treatment, depth);
                break;
            case StructureValue structure:
                WriteStructure(ref line, structure, treatment, depth);
                break;
            case DictionaryValue dictionary:
                WriteDictionary(ref line, dictionary.Elements, treatment, depth);
                break;
            default:
                Quoted(ref line, ScalarText.Of(value));
                break;
        }
    }

    private void WriteScalar(ref Utf8Line line, object? value, NameTreatment treatment)
    {
        var text = value as string ?? (value is not null && ScalarText.IsForeign(value) ? ScalarText.Of(value) : null);
        if (treatment == NameTreatment.Query && value is not (null or ""))
            Redacted(ref line);
        else if (text is null)
            JsonScalar.Write(ref line, value);
        else if (treatment == NameTreatment.Scope)
            Redacted(ref line);
        else
            Quoted(ref line, treatment == NameTreatment.Path ? _redactor.Path(text) : text);
    }

    private void WriteSequence(ref Utf8Line line, IReadOnlyList<LogEventPropertyValue> elements, NameTreatment treatment, int depth)
    {
        line.Raw((byte)'[');
        for (var i = 0; i < elements.Count && !line.IsFull; i++)
        {
            if (i > 0)
                line.Raw((byte)',');
            if (i == LineLimits.Items)
            {
                Quoted(ref line, $"…[{elements.Count - i} more]");
                break;
            }

            Write(ref line, elements[i], treatment, depth + 1);
        }

        line.Raw((byte)']');
    }

    private void WriteStructure(ref Utf8Line line, StructureValue structure, NameTreatment treatment, int depth)
    {
        var properties = structure.Properties;
        var hidesValue = _redactor.HidesValueOf(structure);
        UniqueKeys? keys = null;
        line.Raw((byte)'{');
        for (var i = 0; i < properties.Count && !line.IsFull; i++)
        {
            if (i == LineLimits.Items)
            {
                WriteMore(ref line, keys ?? Keys(properties), properties.Count - i);
                break;
            }

            var property = properties[i];
            var name = _names.Of(property.Name);
            var isPlain = name.IsPlain && !IsRepeated(properties, i);
            WriteKey(ref line, name, isPlain ? null : keys ??= Keys(properties), isFirst: i == 0);
            var hidden = hidesValue && Redactor.IsValue(property.Name);
            Write(ref line, property.Value, hidden ? NameTreatment.Hidden : name.Treatment.Within(treatment), depth + 1);
        }

        line.Raw((byte)'}');
    }

    private void WriteDictionary(ref Utf8Line line, IReadOnlyDictionary<ScalarValue, LogEventPropertyValue> elements, NameTreatment treatment, int depth)
    {
        UniqueKeys? keys = null;
        var i = 0;
        line.Raw((byte)'{');
        foreach (var (key, value) in elements)
        {
            if (line.IsFull)
                break;
            if (i == LineLimits.Items)
            {
                WriteMore(ref line, keys ?? Keys(elements), elements.Count - i);
                break;
            }

            var text = key.Value as string;
            var name = _names.Of(text ?? KeyText(key));
            WriteKey(ref line, name, text is not null && name.IsPlain ? null : keys ??= Keys(elements), isFirst: i == 0);
            Write(ref line, value, name.Treatment.Within(treatment), depth + 1);
            i++;
        }

        line.Raw((byte)'}');
    }

    private static void WriteKey(ref Utf8Line line, KnownName name, UniqueKeys? keys, bool isFirst)
    {
        if (!isFirst)
            line.Raw((byte)',');
        WriteKey(ref line, name, keys);
    }

    /// <param name="line">Where it is written.</param>
    /// <param name="name">The name.</param>
    /// <param name="keys">Where another may be written alike.</param>
    public static void WriteKey(ref Utf8Line line, KnownName name, UniqueKeys? keys)
    {
        if (keys is null)
        {
            line.Raw(name.Json);
            return;
        }

        line.Raw((byte)'"');
        line.Raw(Encoding.UTF8.GetBytes(keys.Next(name.Written)));
        line.Raw("\":"u8);
    }

    private void WriteMore(ref Utf8Line line, UniqueKeys keys, int more)
    {
        WriteKey(ref line, _names.Of(LineLimits.CutMark), keys, isFirst: false);
        Quoted(ref line, $"{more} more");
    }

    private static bool IsRepeated(IReadOnlyList<LogEventProperty> properties, int index)
    {
        var name = properties[index].Name;
        for (var i = 0; i < index; i++)
        {
            if (properties[i].Name == name)
                return true;
        }

        return false;
    }

    private UniqueKeys Keys(IReadOnlyList<LogEventProperty> properties) =>
        new(properties.Select(property => _names.Of(property.Name)).Where(name => name.IsPlain).Select(name => name.Written));

    private UniqueKeys Keys(IReadOnlyDictionary<ScalarValue, LogEventPropertyValue> elements) =>
        new(elements.Keys.Select(key => key.Value as string).OfType<string>().Select(_names.Of).Where(name => name.IsPlain).Select(name => name.Written));

    private static string KeyText(ScalarValue key) => key.Value is null ? "null" : ScalarText.Of(key.Value);

    private static void Redacted(ref Utf8Line line)
    {
        line.Raw((byte)'"');
        line.Ascii(Redactor.Mark);
        line.Raw((byte)'"');
    }

    private void Quoted(ref Utf8Line line, string text)
    {
        line.Raw((byte)'"');
        ScalarText.WriteText(ref line, text, _redactor, LineForm.Json);
        line.Raw((byte)'"');
    }
}
