using CoLink.Observability.Tests.Logging.Loki.Stub;

namespace CoLink.Observability.Tests.Logging.Loki.Conformance;

/// <summary>On a real Loki with its limits as they are by default and no tenants, where <c>COLINK_TEST_LOKI_URL</c> points to one.</summary>
public sealed class RealLokiDeliveryTests : LokiDeliverySuite
{
    private static readonly string? Url = Environment.GetEnvironmentVariable("COLINK_TEST_LOKI_URL");

    private protected override async Task<LokiUnderTest> StartAsync()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Url), "COLINK_TEST_LOKI_URL names no Loki.");
        var api = new Uri(Url!);
        return new LokiUnderTest(await StubLoki.StartAsync(behind: api), api, readsOld: false);
    }
}
