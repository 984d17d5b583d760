using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Dashboards.Boards;

/// <summary>
/// Lines at what the services promise. A line is one for all of a panel, so where services differ it is the strictest promise; SLO Detail
/// has each service's own.
/// </summary>
internal static class Objectives
{
    /// <summary>An objective of a service.</summary>
    public static readonly Grouping Each = new("job", "slo");

    public static IEnumerable<Objective> Of(RuleContext context, string slo) =>
        context.Platform.Services.SelectMany(service => service.Objectives).Where(objective => objective.Slo == slo);

    /// <summary>The bound in seconds of a latency objective.</summary>
    public static decimal Seconds(RuleContext context, string slo) => Of(context, slo).Min(objective => objective.Seconds);

    public static decimal Ratio(RuleContext context, string slo) => Of(context, slo).Max(objective => objective.Ratio);

    public static decimal Budget(RuleContext context, string slo) => 1 - Ratio(context, slo);

    /// <summary>What availability allows, and what pages.</summary>
    public static Threshold[] Errors(RuleContext context) => Threshold.BadAbove(Budget(context, Objective.Availability), context.Limits.ErrorRatio);

    /// <summary>The bounds within which 95 and 99 of 100 requests must end.</summary>
    public static Threshold[] Latency(RuleContext context) => Threshold.BadAbove(Seconds(context, Objective.LatencyP95), Seconds(context, Objective.LatencyP99));

    /// <summary>A line at each factor at which a burn alert fires: tickets, then pages.</summary>
    public static Threshold[] Burn() => [.. BurnRate.All.Select(burn => new Threshold(burn.Factor, burn.Severity == Severity.Critical ? Threshold.Bad : Threshold.Doubtful))];

    /// <summary>A budget of which less than a quarter is left is told as low.</summary>
    public static readonly Threshold[] Left = [new(0, Threshold.Doubtful), new(0.25m, Threshold.Good)];
}
