using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Tests.Http;

public sealed class HttpFamilyTests : FamilyConformance
{
    private protected override MetricDefinition[] Metrics => HttpCatalogue.All;

    private protected override string Observer => Observers.Http;

    private protected override string Switch => "Http:Enabled";

    private protected override (MetricDefinition Metric, (string Name, string Value)[] Labels)[] ErrorsAtZero =>
        [(HttpCatalogue.Requests, [("method", "GET"), ("endpoint", Alive), ("status", "500")])];

    private protected override async Task FillAsync(RunningApp app) => Assert.Equal("yes", await app.Client.GetStringAsync(Alive));

    /// <summary>The family is declared as the host is built, so it is the response that cannot be read.</summary>
    private protected override void Break(WebApplication app) => app.Use(async (context, next) =>
    {
        await next(context);
        context.Features.Set<IHttpResponseFeature>(null);
    });
}
