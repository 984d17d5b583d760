namespace CoLink.Observability.Logging.Lines;

/// <summary>A scalar as JSON: a number or a truth value where JSON has it, otherwise a string; times in the form of ISO 8601.</summary>
internal static class JsonScalar
{
    /// <param name="line">Where it is written.</param>
    /// <param name="value">Anything but a text, which may have to be redacted.</param>
    public static void Write(ref Utf8Line line, object? value)
    {
        switch (value)
        {
            case null:
                line.Raw("null"u8);
                break;
            case bool truth:
                line.Raw(truth ? "true"u8 : "false"u8);
                break;
            case int number:
                line.Format(number);
                break;
            case long number:
                line.Format(number);
                break;
            case double number when double.IsFinite(number):
                line.Number(number);
                break;
            case decimal number:
                line.Format(number);
                break;
            case float number when float.IsFinite(number):
                line.Format(number);
                break;
            case Enum:
                WriteString(ref line, value);
                break;
            case uint number:
                line.Format(number);
                break;
            case ulong number:
                line.Format(number);
                break;
            case short number:
                line.Format(number);
                break;
            case ushort number:
                line.Format(number);
                break;
            case byte number:
                line.Format(number);
                break;
            case sbyte number:
                line.Format(number);
                break;
            case nint number:
                line.Format(number);
                break;
            case nuint number:
                line.Format(number);
                break;
            default:
                WriteString(ref line, value);
                break;
        }
    }

    /// <summary>Times in the form that machines read; all else as a person reads it.</summary>
    private static void WriteString(ref Utf8Line line, object value)
    {
        line.Raw((byte)'"');
        switch (value)
        {
            case DateTime time:
                line.Format(time, "O");
                break;
            case DateTimeOffset time:
                line.Format(time, "O");
                break;
            case DateOnly date:
                line.Format(date, "O");
                break;
            case TimeOnly time:
                line.Format(time, "O");
                break;
            default:
                ScalarText.Write(ref line, value, null, LineForm.Json);
                break;
        }

        line.Raw((byte)'"');
    }
}
