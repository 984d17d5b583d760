using System.Text.Json;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Integration.Logging;

/// <summary>The platform's own queries on a real Loki, where <c>COLINK_TEST_LOKI_URL</c> points to one.</summary>
public sealed class RealLokiTests
{
    private static readonly string? Url = Environment.GetEnvironmentVariable("COLINK_TEST_LOKI_URL");

    [Fact]
    public async Task Both_queries_of_the_handbook_return_every_error_line_and_Loki_knows_its_level()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Url), "COLINK_TEST_LOKI_URL names no Loki.");
        var app = $"colink-test-{Guid.NewGuid():N}";
        var builder = Host.CreateApplicationBuilder();
        builder.AddCoLinkObservability(options =>
        {
            (options.ServiceName, options.Namespace, options.Metrics.Port) = (app, app, FreePort.Next());
            options.Logging.Loki.Url = Url;
        });
        using (var host = builder.Build())
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Shop");
            logger.LogError("No stock for {Order}", 7);
            logger.LogError(new InvalidOperationException("gone"), "Nothing is left");
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        using var client = new HttpClient { BaseAddress = new Uri(Url!) };
        foreach (var query in new[] { $$"""{app="{{app}}"} |= "error" """, $$"""{namespace="{{app}}"} | json | level="ERROR" """, $$"""{app="{{app}}"} | detected_level="error" """ })
        {
            await Wait.ForAsync(
                async () =>
                {
                    using var answer = JsonDocument.Parse(await client.GetStringAsync($"/loki/api/v1/query_range?query={Uri.EscapeDataString(query)}&since=1h"));
                    var lines = answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Sum(stream => stream.GetProperty("values").GetArrayLength());
                    return lines == 2 ? query : null;
                },
                () => $"two lines of {query}");
        }
    }
}
