using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Rules;

/// <summary>
/// A burn rate that tells: over a long window, so that a blip does not, and over a twelfth of it, so that it ends soon after the fault
/// does. Source: Google's SRE workbook, "Alerting on SLOs"; windows and pauses as the Kubernetes mixin has them.
/// </summary>
/// <param name="Share">Part of the month's budget that is gone when it tells.</param>
internal sealed record BurnRate(string Long, string Short, decimal Share, string For, Severity Severity)
{
    public static readonly BurnRate[] All =
    [
        new("1h", "5m", 0.02m, "2m", Severity.Critical),
        new("6h", "30m", 0.05m, "15m", Severity.Critical),
        new("1d", "2h", 0.1m, "1h", Severity.Warning),
        new("3d", "6h", 0.1m, "3h", Severity.Warning),
    ];

    public static BurnRate Fastest => All[0];

    /// <summary>How many times faster than the budget allows: <c>share × month / long window</c>.</summary>
    public decimal Factor => Share * (decimal)(Duration.Parse(Ranges.Month) / Duration.Parse(Long));
}
