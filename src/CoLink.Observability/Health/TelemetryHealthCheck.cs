using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CoLink.Observability.Health;

/// <summary>Degraded while telemetry does not get where it should, and never unhealthy: a service that serves must not be restarted because its operators are blind.</summary>
internal sealed class TelemetryHealthCheck(TelemetryHealth health) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = health.Problems();
        return Task.FromResult(problems.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Join("; ", problems.Select(problem => $"{problem.Name}: {problem.Why}"))));
    }
}
