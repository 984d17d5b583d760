namespace CoLink.Observability.Monitoring.Rules;

/// <summary>The ranges that are recorded.</summary>
internal static class Ranges
{
    /// <summary>The short one of alerts: four scrapes at the longest interval allowed, as a rate needs.</summary>
    public const string Short = "5m";

    /// <summary>Of a budget; and how far back lies what is compared with, the same hour of the same day.</summary>
    public const string Week = "7d";

    public const string Month = "30d";

    /// <summary>The longest range that a rule asks for; Prometheus must keep more.</summary>
    public const string Longest = Month;

    /// <summary>Ranges of burn rates, ascending.</summary>
    public static readonly string[] Burn = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];

    /// <summary>Ranges of budgets.</summary>
    public static readonly string[] Budget = [Week, Month];
}
