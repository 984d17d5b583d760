using CoLink.Observability.Business;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Business;

public sealed class BusinessFamilyTests : FamilyConformance
{
    private protected override MetricDefinition[] Metrics => BusinessCatalogue.All;

    private protected override string Observer => Observers.Business;

    private protected override void Break(WebApplication app) =>
        app.Services.GetRequiredService<MetricRegistry>().BeforeScrape(Observers.Business, () => throw new InvalidOperationException("no value"));

    private protected override Task FillAsync(RunningApp app)
    {
        app.Services.GetRequiredService<BusinessMetrics>().FileUploaded(FileCategory.Image);
        return Task.CompletedTask;
    }
}
