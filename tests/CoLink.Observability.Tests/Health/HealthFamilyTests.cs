using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CoLink.Observability.Tests.Health;

public sealed class HealthFamilyTests : FamilyConformance
{
    private protected override MetricDefinition[] Metrics => HealthCatalogue.All;

    private protected override string Observer => Observers.Health;

    private protected override void Bring(IServiceCollection services) => services.AddHealthChecks();

    private protected override void Map(WebApplication app)
    {
        if (app.Services.GetService<HealthCheckService>() is not null)
            app.MapHealthChecks("/health");
    }

    private protected override async Task FillAsync(RunningApp app) => Assert.Equal("Healthy", await app.Client.GetStringAsync("/health"));
}
