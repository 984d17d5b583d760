using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CoLink.Observability.Registry;

/// <summary>Compares the label values of two series, and finds a stored set from a span without allocating.</summary>
internal sealed class LabelValues : IEqualityComparer<string[]>, IAlternateEqualityComparer<ReadOnlySpan<string>, string[]>
{
    /// <summary>What every open label of a metric reads once the metric has overflowed.</summary>
    public const string Other = "_other";

    /// <summary>
    /// Longer values are cut. A route template or a host name fits many times over; what does not fit is text, and text is not a label.
    /// </summary>
    public const int MaxLength = 256;

    public static LabelValues Comparer { get; } = new();

    public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<string> alternate, string[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(string[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<string> alternate)
    {
        var hash = 17;
        foreach (var value in alternate)
            hash = (hash * 31) + (value?.GetHashCode(StringComparison.Ordinal) ?? 0);
        return hash;
    }

    public string[] Create(ReadOnlySpan<string> alternate) => alternate.ToArray();

    /// <summary>Valid UTF-16, and so valid UTF-8 on the wire, at most <see cref="MaxLength"/> characters, never null.</summary>
    public static string Clean(string? value)
    {
        if (value is null)
            return "";
        if (value.Length > MaxLength)
            value = value[..MaxLength];
        return IsWellFormed(value) ? value : Mended(value);
    }

    private static bool IsWellFormed([NotNull] string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i]))
                continue;
            if (i + 1 >= value.Length || !char.IsSurrogatePair(value[i], value[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static string Mended(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var rune in value.EnumerateRunes())
            text.Append(rune.ToString());
        return text.ToString();
    }
}
