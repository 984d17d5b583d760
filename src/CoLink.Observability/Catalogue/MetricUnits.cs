namespace CoLink.Observability.Catalogue;

/// <summary>Reads a metric's unit off its name, where the field's convention puts it.</summary>
internal static class MetricUnits
{
    private const string Total = "_total";

    /// <summary>The unit, or nothing where the number is a plain count.</summary>
    public static string Of(string name)
    {
        var word = LastWord(FamilyName(name));
        return word is "seconds" or "bytes" or "ratio" or "cores" ? word : "";
    }

    /// <summary>The family's name in OpenMetrics: a counter's without <c>_total</c>.</summary>
    public static string FamilyName(string name) => name.EndsWith(Total, StringComparison.Ordinal) ? name[..^Total.Length] : name;

    public static string LastWord(string name) => name[(name.LastIndexOf('_') + 1)..];
}
