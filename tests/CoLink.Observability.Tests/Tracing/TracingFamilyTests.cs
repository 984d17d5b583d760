using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Conformance;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;

namespace CoLink.Observability.Tests.Tracing;

[Collection(nameof(ProcessWide))]
public sealed class TracingFamilyTests : FamilyConformance, IAsyncLifetime
{
    private StubCollector _collector = null!;

    private protected override MetricDefinition[] Metrics =>
        [SelfCatalogue.Spans, SelfCatalogue.ExportFailures, SelfCatalogue.ConsecutiveFailures, SelfCatalogue.LastSuccess];

    private protected override string Observer => Observers.Tracing;

    private protected override string Switch => "Tracing:Enabled";

    public async ValueTask InitializeAsync() => _collector = await StubCollector.StartAsync();

    public ValueTask DisposeAsync() => _collector.DisposeAsync();

    private protected override void Configure(CoLinkObservabilityOptions options) => options.Tracing.Otlp.Endpoint = _collector.Grpc.GetLeftPart(UriPartial.Authority);

    private protected override void Build(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) => builder.Configuration["OTEL_BSP_SCHEDULE_DELAY"] = "50";

    private protected override async Task FillAsync(RunningApp app) => await app.Client.GetStringAsync(Alive);
}
