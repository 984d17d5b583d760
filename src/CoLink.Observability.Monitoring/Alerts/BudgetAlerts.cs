using CoLink.Observability.Monitoring.Dashboards;
using CoLink.Observability.Monitoring.Rules;
using CoLink.Observability.Monitoring.Text;

namespace CoLink.Observability.Monitoring.Alerts;

/// <summary>
/// What the handbook calls SLA breaches. Four rules serve all services and objectives: they are joined to the recorded objectives, and
/// <c>CoLinkObjectiveMissing</c> tells where the join would be silently empty.
/// </summary>
internal static class BudgetAlerts
{
    public const string Burn = "CoLinkErrorBudgetBurn";

    private const string By = RuleContext.By;
    private const string BySlo = By + ", slo";

    public static IEnumerable<Alert> Of(RuleContext context)
    {
        foreach (var burn in BurnRate.All)
        {
            var factor = Number.Format(burn.Factor);
            yield return new Alert(Burn, burn.Severity, $$"""
                (
                  {{Recorded.SliError(burn.Long)}} > on ({{BySlo}}) ({{factor}} * {{Recorded.Budget}})
                  and on ({{BySlo}})
                  {{Recorded.SliError(burn.Short)}} > on ({{BySlo}}) ({{factor}} * {{Recorded.Budget}})
                )
                and on ({{By}}) {{Recorded.Requests(burn.Long)}} * {{context.Time.Seconds(burn.Long)}} >= {{Number.Format(context.Limits.BurnMinimum)}}
                """)
            {
                For = burn.For,
                Labels = { ["window"] = burn.Long },
                Form = $"{burn.Long}, {factor} times",
                Summary = $$$"""{{ $labels.job }} burns its {{ $labels.slo }} budget {{{Pace(burn)}}}""",
                Description = $$$"""Over {{{burn.Long}}}, {{ $value | humanizePercentage }} of the requests to {{ $labels.job }} missed {{ $labels.slo }}: at this rate the month's budget is gone in {{{Gone(burn)}}}.""",
                Threshold = $"over {burn.Long} and over {burn.Short} more than {factor} times what the budget allows ({Number.Percent(burn.Share)} of the month's budget within {burn.Long}), at least {Number.Format(context.Limits.BurnMinimum)} requests",
                Dashboard = DashboardId.Slo,
            };
        }

        yield return Left("CoLinkErrorBudgetExhausted", Severity.Warning, $"{Recorded.BudgetRemaining(Ranges.Month)} <= 0", "30 days", "nothing left of the 30 days' budget");
        yield return Left("CoLinkErrorBudgetLow", Severity.Info, $"{Recorded.BudgetRemaining(Ranges.Month)} < 0.25 > 0", "30 days", "less than 25 % left of the 30 days' budget");
        yield return Left("CoLinkWeeklyErrorBudgetExhausted", Severity.Warning, $"{Recorded.BudgetRemaining(Ranges.Week)} <= 0", "7 days", "nothing left of the 7 days' budget");

        yield return new Alert("CoLinkSliMissing", Severity.Warning, $"{Recorded.Objective} unless on ({BySlo}) {Recorded.SliError("1d")}")
        {
            For = "1h",
            Summary = "{{ $labels.job }} has no {{ $labels.slo }} indicator",
            Description = "{{ $labels.job }} promises {{ $labels.slo }} and nothing has measured it for an hour: no requests within a day, or the series has another name.",
            Threshold = "an objective without an indicator for an hour",
            Dashboard = DashboardId.Slo,
        };
        yield return new Alert("CoLinkObjectiveMissing", Severity.Warning, $"{Recorded.SliError("1h")} unless on ({BySlo}) {Recorded.Objective}")
        {
            For = "15m",
            Summary = "{{ $labels.job }} in {{ $labels.namespace }} has no {{ $labels.slo }} objective",
            Description = "{{ $labels.job }} in {{ $labels.cluster }}/{{ $labels.namespace }} is measured and promises nothing: its burn alerts are silently empty.",
            Threshold = "an indicator without an objective for 15 minutes",
            Dashboard = DashboardId.Slo,
        };
    }

    private static Alert Left(string name, Severity severity, string expr, string window, string threshold) => new(name, severity, expr)
    {
        For = "5m",
        Summary = $$$"""{{ $labels.job }} has {{ $value | humanizePercentage }} of its {{ $labels.slo }} budget left""",
        Description = $$$"""Of what {{ $labels.job }} may miss of {{ $labels.slo }} within {{{window}}}, {{ $value | humanizePercentage }} is left.""",
        Threshold = threshold,
        Dashboard = DashboardId.Slo,
    };

    private static string Pace(BurnRate burn) => burn.Factor == 1 ? "faster than the month allows" : $"{Number.Format(burn.Factor)} times faster than the month allows";

    private static string Gone(BurnRate burn) => Duration.Format(TimeSpan.FromHours(Math.Round((double)(720 / burn.Factor))));
}
