using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CoLink.Observability.Health;

/// <summary>The health family: what each check said last. It begins with the first run.</summary>
internal sealed class HealthMetrics(MetricRegistry registry)
{
    public void Ran(HealthReport report)
    {
        try
        {
            var status = registry.Gauge(HealthCatalogue.Status);
            foreach (var (check, entry) in report.Entries)
                status.Set(Value(entry.Status), check);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Health, exception);
        }
    }

    private static double Value(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => 1,
        HealthStatus.Degraded => 0.5,
        _ => 0,
    };
}
