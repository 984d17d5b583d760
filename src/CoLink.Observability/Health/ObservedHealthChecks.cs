using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CoLink.Observability.Health;

/// <summary>The app's health checks, of which each run is recorded; a run that is broken off has no result.</summary>
internal sealed class ObservedHealthChecks(HealthCheckService inner, HealthMetrics metrics) : HealthCheckService
{
    public override async Task<HealthReport> CheckHealthAsync(Func<HealthCheckRegistration, bool>? predicate, CancellationToken cancellationToken = default)
    {
        var report = await inner.CheckHealthAsync(predicate, cancellationToken);
        metrics.Ran(report);
        return report;
    }
}
