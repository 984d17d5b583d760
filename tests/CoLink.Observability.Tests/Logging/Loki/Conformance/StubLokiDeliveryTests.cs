using CoLink.Observability.Tests.Logging.Loki.Stub;

namespace CoLink.Observability.Tests.Logging.Loki.Conformance;

public sealed class StubLokiDeliveryTests : LokiDeliverySuite
{
    private protected override async Task<LokiUnderTest> StartAsync()
    {
        var loki = await StubLoki.StartAsync();
        return new LokiUnderTest(loki, new Uri(loki.Address.GetLeftPart(UriPartial.Authority)), readsOld: true);
    }
}
