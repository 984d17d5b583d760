using System.Net.Http.Json;
using CoLink.Observability.Business;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace CoLink.Observability.Integration.Exposition;

public sealed class PromtoolTests
{
    [Fact]
    public async Task Promtool_has_nothing_to_say_about_an_app_that_was_used()
    {
        await using var app = await RunningApp.StartAsync(a =>
        {
            a.MapGet("/hello/{name}", (string name) => $"hello {name}");
            a.MapPost("/broken", string () => throw new InvalidOperationException("broken"));
            a.MapPost("/messages", (BusinessMetrics business) => business.MessageSent(ChannelType.Direct));
        });

        await app.Client.GetStringAsync("/hello/world");
        await app.Client.PostAsync("/broken", null);
        await app.Client.GetAsync("/nowhere");
        await app.Client.SendAsync(new HttpRequestMessage(new HttpMethod("BREW"), "/hello/world"));
        await app.Client.PostAsync("/messages", null);

        var scrape = await app.ScrapeUntilAsync(s => s.Sum("http_requests_total") == 5 && s.Sum("messages_sent_total") == 1);
        await Promtool.AssertCleanAsync(scrape.Text);
    }

    [Fact]
    public async Task Promtool_has_nothing_to_say_about_the_sample()
    {
        _ = RealServers.Promtool;
        await using var sample = await SampleProcess.StartAsync();

        await sample.Client.GetAsync("/");
        await sample.Client.PostAsJsonAsync("/api/users", new { name = "Ada", email = "ada@example.org", method = "password" });
        await sample.Client.PostAsJsonAsync("/api/messages", new { channel = "general", text = "hello", channelType = "channel", author = "Ada" });
        await sample.Client.GetAsync("/api/messages?channel=general");
        await sample.Client.GetAsync("/api/search?q=hello&scope=messages");
        await sample.Client.GetAsync("/nowhere");

        var scrape = await Scrape.UntilAsync(sample.Client, s => s.Sum("http_requests_total") == 6);
        await Promtool.AssertCleanAsync(scrape.Text);
    }
}
