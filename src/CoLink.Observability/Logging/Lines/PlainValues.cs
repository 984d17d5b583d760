using CoLink.Observability.Logging.Redaction;
using Serilog.Events;

namespace CoLink.Observability.Logging.Lines;

/// <summary>The value of a property as it stands in a message: texts without quotes, objects as <c>Type { A: 1 }</c>, lists as <c>[1, 2]</c>.</summary>
internal sealed class PlainValues(Redactor redactor, LineForm form)
{
    /// <inheritdoc cref="JsonValues.Write"/>
    public void Write(ref Utf8Line line, LogEventPropertyValue value, NameTreatment treatment, string? format = null, int depth = 1)
    {
        if (treatment == NameTreatment.Hidden)
        {
            line.Ascii(Redactor.Mark);
            return;
        }

        switch (value)
        {
            case ScalarValue scalar:
                WriteScalar(ref line, scalar.Value, treatment, format);
                break;
            case var _ when treatment == NameTreatment.Query:
                line.Ascii(Redactor.Mark);
                break;
            case var _ when depth > LineLimits.Depth:
                LineText.Mark(ref line);
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
                ScalarText.WriteText(ref line, ScalarText.Of(value), redactor, form);
                break;
        }
    }

    private void WriteScalar(ref Utf8Line line, object? value, NameTreatment treatment, string? format)
    {
        var text = value as string ?? (value is not null && ScalarText.IsForeign(value) && value is not IFormattable ? ScalarText.Of(value) : null);
        if (value is null)
            line.Raw("(null)"u8);
        else if (treatment == NameTreatment.Query && value is not "")
            line.Ascii(Redactor.Mark);
        else if (text is null)
            ScalarText.Write(ref line, value, format, form);
        else if (treatment == NameTreatment.Scope)
            line.Ascii(Redactor.Mark);
        else
            ScalarText.WriteText(ref line, treatment == NameTreatment.Path ? redactor.Path(text) : text, redactor, form);
    }

    private void WriteSequence(ref Utf8Line line, IReadOnlyList<LogEventPropertyValue> elements, NameTreatment treatment, int depth)
    {
        line.Raw((byte)'[');
        for (var i = 0; i < elements.Count && !line.IsFull; i++)
        {
            Separate(ref line, i);
            if (i == LineLimits.Items)
            {
                WriteMore(ref line, elements.Count - i);
                break;
            }

            Write(ref line, elements[i], treatment, null, depth + 1);
        }

        line.Raw((byte)']');
    }

    private void WriteStructure(ref Utf8Line line, StructureValue structure, NameTreatment treatment, int depth)
    {
        var properties = structure.Properties;
        var hidesValue = redactor.HidesValueOf(structure);
        if (structure.TypeTag is { } type)
        {
            LineText.WriteBounded(ref line, type, form);
            line.Raw((byte)' ');
        }

        line.Raw("{ "u8);
        for (var i = 0; i < properties.Count && !line.IsFull; i++)
        {
            Separate(ref line, i);
            if (i == LineLimits.Items)
            {
                WriteMore(ref line, properties.Count - i);
                break;
            }

            var (name, value) = (properties[i].Name, properties[i].Value);
            WriteMember(ref line, name, value, hidesValue && Redactor.IsValue(name) ? NameTreatment.Hidden : redactor.Of(name).Within(treatment), depth);
        }

        line.Raw(" }"u8);
    }

    private void WriteDictionary(ref Utf8Line line, IReadOnlyDictionary<ScalarValue, LogEventPropertyValue> elements, NameTreatment treatment, int depth)
    {
        var i = 0;
        line.Raw("{ "u8);
        foreach (var (key, value) in elements)
        {
            if (line.IsFull)
                break;
            Separate(ref line, i);
            if (i == LineLimits.Items)
            {
                WriteMore(ref line, elements.Count - i);
                break;
            }

            var name = key.Value as string ?? ScalarText.Of(key.Value);
            WriteMember(ref line, name, value, redactor.Of(name).Within(treatment), depth);
            i++;
        }

        line.Raw(" }"u8);
    }

    private void WriteMember(ref Utf8Line line, string name, LogEventPropertyValue value, NameTreatment treatment, int depth)
    {
        LineText.WriteBounded(ref line, name, form);
        line.Raw(": "u8);
        Write(ref line, value, treatment, null, depth + 1);
    }

    private static void Separate(ref Utf8Line line, int index)
    {
        if (index > 0)
            line.Raw(", "u8);
    }

    private void WriteMore(ref Utf8Line line, int more) => LineText.Write(ref line, $"…[{more} more]", form);
}
