using System.Buffers;
using System.Text;
using CoLink.Observability.Logging.Redaction;

namespace CoLink.Observability.Logging.Lines;

/// <summary>What is known of the name of a property, so that a line only copies it.</summary>
internal sealed class KnownName
{
    public KnownName(string name, NameTreatment treatment)
    {
        Treatment = treatment;
        IsReserved = LineSchema.IsReserved(name);
        IsSourceContext = name == LineSchema.SourceContext;
        Json = Encode(name);
        IsPlain = name.Length <= LineLimits.TextBytes && !HasHalfPair(name) && !Written.EndsWith(LineLimits.CutMark, StringComparison.Ordinal);
    }

    public NameTreatment Treatment { get; }

    /// <summary>In quotes, with the colon.</summary>
    public byte[] Json { get; }

    /// <summary>Between its quotes.</summary>
    public string Written => Encoding.UTF8.GetString(Json.AsSpan(1, Json.Length - 3));

    /// <summary>A key of the line's own.</summary>
    public bool IsReserved { get; }

    public bool IsSourceContext { get; }

    /// <summary>No other name is written alike.</summary>
    public bool IsPlain { get; }

    /// <param name="name">As it is to be read.</param>
    public static byte[] Encode(string name)
    {
        var output = new ArrayBufferWriter<byte>();
        var line = new Utf8Line(output);
        line.Raw((byte)'"');
        LineText.WriteBounded(ref line, name, LineForm.Json);
        line.Raw("\":"u8);
        line.Complete();
        return output.WrittenSpan.ToArray();
    }

    private static bool HasHalfPair(ReadOnlySpan<char> name)
    {
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(name, out _, out var length) != OperationStatus.Done)
                return true;
            name = name[length..];
        }

        return false;
    }
}
