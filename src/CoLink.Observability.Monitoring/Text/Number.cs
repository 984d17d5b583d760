using System.Globalization;

namespace CoLink.Observability.Monitoring.Text;

/// <summary>Numbers in expressions: decimals, so that 1 - 0.999 is 0.001 and not 0.0010000000000000009.</summary>
internal static class Number
{
    public static string Format(decimal number) => number.ToString("0.############################", CultureInfo.InvariantCulture);

    /// <summary>For people: 0.05 is 5 %.</summary>
    public static string Percent(decimal ratio) => $"{Format(ratio * 100)} %";
}
