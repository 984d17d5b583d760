using CoLink.Observability.Monitoring.PromQl;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>Queries that are empty while all is well, or for want of what cannot run here; each with its reason.</summary>
internal static class EmptyByNature
{
    private static readonly (string Part, string Reason)[] Reasons =
    [
        ("ALERTS", "no alert fires"),
        ("changes(kube_deployment_status_observed_generation", "nothing is rolled out"),
        ("offset 1w", "there is no week of past"),
        ("offset 2h48m", "there is no week of past, nor a sixtieth of one"),
        ("system=\"mongodb\"", "no MongoDB can run here"),
        ("pg_replication_", "Debian's exporter, 0.11, does not have it"),
        ("pg_stat_statements_", "the extension's collector is off by default"),
    ];

    public static int Count => Reasons.Length;

    public static string? Reason(NamedQuery query) =>
        Reasons.Where(reason => query.Expr.Contains(reason.Part, StringComparison.Ordinal)).Select(reason => reason.Reason).FirstOrDefault();
}
