using CoLink.Observability.Catalogue;

namespace CoLink.Observability.Monitoring.Rules;

/// <summary>The names of what is recorded: <c>level:metric:operations</c>. Renaming one loses its past, thirty days of budget included.</summary>
internal static class Recorded
{
    private static readonly string Http = HttpCatalogue.Requests.Name.Replace("_total", "", StringComparison.Ordinal);
    private static readonly string Duration = HttpCatalogue.Duration.Name;

    public static string Requests(string window) => $"job:{Http}:rate{window}";

    public static string Errors(string window) => $"job:{Http}_errors:rate{window}";

    public static string ErrorRatio(string window) => $"job:{Http}_errors:ratio_rate{window}";

    public static string Timed(string window) => $"job:{Duration}_count:rate{window}";

    public static string Slow(string window) => $"job:{Http}_slow:rate{window}";

    public static readonly string P95 = $"job:{Duration}:p95_rate{Ranges.Short}";
    public static readonly string P99 = $"job:{Duration}:p99_rate{Ranges.Short}";
    public static readonly string Average = $"job:{Duration}:avg_rate{Ranges.Short}";

    public static string SliError(string window) => $"slo:sli_error:ratio_rate{window}";

    public const string Objective = "slo:objective:ratio";
    public const string Budget = "slo:error_budget:ratio";

    public static string BudgetRemaining(string window) => $"slo:error_budget_remaining:ratio{window}";

    public static string BudgetMinutes(string window) => $"slo:error_budget:minutes{window}";

    public static string BudgetSpentMinutes(string window) => $"slo:error_budget_spent:minutes{window}";

    /// <summary>Part of a window for which there are samples: a budget of a service of two days says less than it seems to.</summary>
    public static string Coverage(string window) => $"slo:coverage:ratio{window}";

    public const string Up = "job:up:max";

    public static readonly string DowntimeMinutes = $"slo:downtime:minutes{Ranges.Month}";

    public static readonly string Sockets = $"job:{WebSocketCatalogue.Active.Name}:sum";

    public const string KafkaLag = "consumergroup_topic:kafka_consumergroup_lag:sum";
}
