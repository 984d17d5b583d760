using System.Net.Http.Json;
using System.Text.RegularExpressions;
using CoLink.Observability.Testing;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CoLink.Observability.Testing.Tests;

/// <summary>The recipes of the package's README, as they stand there.</summary>
public sealed partial class RecipeTests
{
    [Fact]
    public async Task An_endpoint_produces_exactly_these_series()
    {
        // recipe 1
        await using var factory = new WebApplicationFactory<Program>();
        using var client = factory.CreateClient();
        var metrics = factory.Services.GetTelemetry().Metrics;

        await metrics.ExpectAsync(
            () => client.GetAsync("/api/messages?channel=general"),
            "http_requests_total{method=\"GET\",endpoint=\"/api/messages\",status=\"200\"} 1",
            "http_request_duration_seconds_count{method=\"GET\",endpoint=\"/api/messages\"} 1");
        // end
    }

    [Fact]
    public async Task A_number_of_the_business_grows_by_one()
    {
        await using var factory = new WebApplicationFactory<Program>();
        using var client = factory.CreateClient();

        // recipe 2
        var metrics = factory.Services.GetTelemetry().Metrics;

        var sent = await metrics.DeltaAsync(
            () => client.PostAsJsonAsync("/api/messages", new { channel = "general", text = "Hello", channelType = "group", author = "ada" }),
            "messages_sent_total",
            ("channel_type", "group"));

        Assert.Equal(1, sent);
        // end
    }

    [Fact]
    public async Task A_value_is_waited_for()
    {
        await using var factory = new WebApplicationFactory<Program>();
        using var client = factory.CreateClient();

        // recipe 3
        var sockets = factory.Server.CreateWebSocketClient();
        using var socket = await sockets.ConnectAsync(new Uri("ws://localhost/ws/channels/general"), CancellationToken.None);

        await factory.Services.GetTelemetry().Metrics.UntilAsync(
            "websocket_active_connections", open => open == 1, ("endpoint", "/ws/channels/{channel}"));
        // end
    }

    [Fact]
    public async Task A_trace_holds_its_spans_and_its_log_events()
    {
        // recipe 4
        await using var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(
            host => host.ConfigureTestServices(services => services.AddTelemetryCapture()));
        using var client = factory.CreateClient();
        await client.GetAsync("/api/search?q=hello");

        var telemetry = factory.Services.GetTelemetry();
        var request = await telemetry.Spans.UntilAsync(span => span.DisplayName == "GET /api/search");
        var line = await telemetry.Logs.UntilAsync(log => log.Logger == "CoLink.Observability.Requests" && log.Text("Path") == "/api/search");

        Assert.Contains(telemetry.Spans.OfTrace(request.TraceId), span => span.DisplayName == "search");
        Assert.Equal(request.TraceId.ToHexString(), line.TraceId);
        // end
    }

    [Fact]
    public async Task A_worker_is_read_the_same_way()
    {
        // recipe 5
        var builder = Host.CreateApplicationBuilder();
        builder.AddCoLinkObservability();
        using var host = builder.Build();
        await host.StartAsync();
        var imports = host.Services.GetRequiredService<CoLink.Observability.Registry.MetricRegistry>().Counter("imports_total", "Files imported.");

        imports.Inc();

        Assert.Equal(1, await host.Services.GetTelemetry().Metrics.ValueAsync("imports_total"));
        await host.StopAsync();
        // end
    }

    [Fact]
    public void The_readme_shows_these_recipes()
    {
        var source = File.ReadAllText(Path.Combine(Golden.Root, "tests", "CoLink.Observability.Testing.Tests", "RecipeTests.cs"));
        var readme = File.ReadAllText(Path.Combine(Golden.Root, "src", "CoLink.Observability.Testing", "README.md"));

        var recipes = Region().Matches(source).Select(match => Dedent(match.Groups["code"].Value)).ToArray();
        var shown = Block().Matches(readme).Select(match => match.Groups["code"].Value.Trim('\n')).Skip(1).ToArray();

        Assert.Equal(5, recipes.Length);
        Assert.Equal(recipes, shown);
    }

    private static string Dedent(string code) => string.Join('\n', code.Trim('\n').Split('\n').Select(line => line.Length > 8 ? line[8..] : "")).TrimEnd();

    [GeneratedRegex(@"// recipe \d\n(?<code>.*?)\n *// end\n", RegexOptions.Singleline)]
    private static partial Regex Region();

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
