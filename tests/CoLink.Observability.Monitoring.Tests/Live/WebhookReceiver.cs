using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Monitoring.Tests.Live;

/// <summary>What Alertmanager told somebody.</summary>
internal sealed record Notification(string Receiver, string Alert, string Service, string Window, bool Firing, DateTimeOffset At);

/// <summary>Takes what Alertmanager sends in place of the people it would wake; the path names the receiver.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<Notification> _received;

    private WebhookReceiver(WebApplication app, List<Notification> received) => (_app, _received) = (app, received);

    public IReadOnlyList<Notification> Received
    {
        get
        {
            lock (_received)
                return [.. _received];
        }
    }

    public static async Task<WebhookReceiver> StartAsync()
    {
        var received = new List<Notification>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/{receiver}", async (string receiver, HttpRequest request) =>
        {
            using var document = await JsonDocument.ParseAsync(request.Body);
            var alerts = document.RootElement.GetProperty("alerts").EnumerateArray().Select(alert => new Notification(
                receiver,
                Label(alert, "alertname"),
                Label(alert, "service"),
                Label(alert, "window"),
                alert.GetProperty("status").GetString() == "firing",
                DateTimeOffset.UtcNow)).ToArray();
            lock (received)
                received.AddRange(alerts);
        });
        await app.StartAsync();
        return new WebhookReceiver(app, received);
    }

    public string UrlOf(string receiver) => $"{_app.Urls.First()}/{receiver}";

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Label(JsonElement alert, string name) => alert.GetProperty("labels").TryGetProperty(name, out var value) ? value.GetString()! : "";
}
