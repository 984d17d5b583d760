using System.Diagnostics;
using CoLink.Observability.Business;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using static CoLink.Observability.Tests.WebSockets.SocketApp;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>Spans of what is said on a socket, and of work that its request leaves behind.</summary>
[Collection(nameof(ProcessWide))]
public sealed class MessageSpanTests
{
    [Fact]
    public async Task Each_message_is_a_trace_that_links_to_the_handshake_and_the_loop_stays_in_the_handshakes()
    {
        using var exported = new ExportedSpans();
        await using var app = await ServeAsync(async (socket, context) =>
        {
            var operations = context.RequestServices.GetRequiredService<Operations>();
            for (var i = 0; i < 3; i++)
            {
                var text = await socket.ReceiveTextAsync();
                await operations.RunLinkedAsync("channel_message", async operation =>
                {
                    operation.Set("length", text.Length);
                    await Task.Yield();
                });
                await socket.SendTextAsync(Activity.Current?.Id ?? "nothing");
            }

            await EchoAsync(socket, context);
        }, exported.AddTo);
        using var socket = await app.ConnectAsync();
        var between = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            await socket.SendTextAsync("hello");
            between.Add(await socket.ReceiveTextAsync());
        }

        var handshake = Assert.Single(exported.Requests).Activity;
        Assert.Equal([handshake.Id, handshake.Id, handshake.Id], between);
        var messages = exported.All.Where(span => span.Name == "channel_message").ToList();
        Assert.Equal(3, messages.Count);
        Assert.Equal(4, exported.All.Select(span => span.Activity.TraceId).Distinct().Count());
        Assert.All(messages, message =>
        {
            Assert.Equal(default, message.Activity.ParentSpanId);
            Assert.Equal(handshake.Context, Assert.Single(message.Activity.Links).Context);
            Assert.Equal(5, message.Tag("length"));
            Assert.Equal("success", message.Tag("outcome"));
        });
        await socket.CloseAsync();
        await app.ScrapeUntilAsync(scrape => scrape.Value("operations_total", ("operation", "channel_message"), ("outcome", "success")) == 3);
    }

    /// <summary>Each message is asked for itself: a sampler that decided with the handshake would keep all of a socket's or none.</summary>
    [Fact]
    public async Task Messages_are_sampled_each_for_itself()
    {
        const int Messages = 400;
        using var exported = new ExportedSpans(ratio: 0.5);
        await using var app = await ServeAsync(async (socket, context) =>
        {
            for (var i = 0; i < Messages; i++)
                await context.RequestServices.GetRequiredService<Operations>().RunLinkedAsync("channel_message", _ => Task.CompletedTask);
            await socket.SendTextAsync("done");
            await EchoAsync(socket, context);
        }, exported.AddTo);
        using var socket = await app.ConnectAsync();
        await socket.ReceiveTextAsync();

        Assert.InRange(exported.All.Count(span => span.Name == "channel_message"), Messages / 4, Messages * 3 / 4);
    }

    [Fact]
    public async Task Work_in_the_background_is_a_trace_that_links_to_the_request_that_began_it()
    {
        using var exported = new ExportedSpans();
        using var source = new ActivitySource(ExportedSpans.AppSource);
        var (answered, done) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var app = await RunningApp.StartAsync(
            a => a.MapPost("/reindex", (Operations operations) =>
            {
                _ = Task.Run(async () =>
                {
                    await answered.Task;
                    await operations.RunLinkedAsync("reindex", async _ =>
                    {
                        using var part = source.StartActivity("part");
                        await Task.Yield();
                    });
                    done.SetResult();
                });
                return Results.Accepted();
            }),
            exported.AddTo);
        using var response = await app.Client.PostAsync("/reindex", null, TestContext.Current.CancellationToken);
        await Eventually.IsTrue(() => exported.Requests.Any());
        answered.SetResult();
        await done.Task.WaitAsync(Bound());

        var (request, work, part) = (exported.Requests.Single().Activity, exported.All.Single(span => span.Name == "reindex").Activity, exported.All.Single(span => span.Name == "part").Activity);
        Assert.Equal(request.Context, Assert.Single(work.Links).Context);
        Assert.NotEqual(request.TraceId, work.TraceId);
        Assert.Equal((work.TraceId, work.SpanId), (part.TraceId, part.ParentSpanId));
    }

    [Fact]
    public async Task A_failure_stands_on_the_span_and_goes_on_to_the_caller()
    {
        using var exported = new ExportedSpans();
        await using var app = await RunningApp.StartAsync(builder: exported.AddTo);
        var operations = app.Services.GetRequiredService<Operations>();
        Assert.Null(Activity.Current);

        await Assert.ThrowsAsync<TimeoutException>(() => operations.RunLinkedAsync("reindex", _ => throw new TimeoutException("no answer")));

        var span = Assert.Single(exported.All);
        Assert.Equal((ActivityStatusCode.Error, "no answer"), (span.Status, span.Activity.StatusDescription));
        Assert.Empty(span.Activity.Links);
        await Assert.ThrowsAsync<ArgumentNullException>(() => operations.RunLinkedAsync("reindex", null!));
    }

    [Fact]
    public async Task Where_nobody_listens_the_work_stays_in_the_trace_it_is_in()
    {
        await using var app = await RunningApp.StartAsync();
        using var current = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        var seen = default(Activity);

        await app.Services.GetRequiredService<Operations>().RunLinkedAsync("reindex", _ =>
        {
            seen = Activity.Current;
            return Task.CompletedTask;
        });

        Assert.Same(current, seen);
        Assert.Same(current, Activity.Current);
    }

    /// <summary>SignalR makes a span an invocation itself; what it links to has ended and been exported by then.</summary>
    [Fact]
    public async Task A_hubs_invocations_link_to_its_handshake()
    {
        using var exported = new ExportedSpans();
        await using var app = await RunningApp.StartAsync(a => a.MapHub<EchoHub>("/hub/{room?}"), builder =>
        {
            builder.Services.AddSignalR();
            exported.AddTo(builder);
        });
        await using var connection = new HubConnectionBuilder().WithUrl(new Uri(app.Address, "/hub/a"), HttpTransportType.WebSockets).Build();
        await connection.StartAsync(Bound());
        var seen = new List<string?> { await connection.InvokeAsync<string?>("Trace", Bound()), await connection.InvokeAsync<string?>("Trace", Bound()) };

        var handshake = Assert.Single(exported.Requests, span => span.Name == "GET /hub/{room?}").Activity;
        await Eventually.IsTrue(() => exported.All.Count(span => span.Activity.Source.Name == "Microsoft.AspNetCore.SignalR.Server") >= 3);
        var invocations = exported.All.Where(span => span.Name.EndsWith("/Trace", StringComparison.Ordinal)).Select(span => span.Activity).ToList();
        Assert.Equal(seen, invocations.Select(span => span.TraceId.ToHexString()));
        Assert.Equal(2, seen.Append(handshake.TraceId.ToHexString()).Distinct().Count() - 1);
        Assert.All(invocations, span => Assert.Equal(handshake.Context, Assert.Single(span.Links).Context));
        await connection.StopAsync(Bound());
        await app.ScrapeUntilAsync(scrape => scrape.Sum(Disconnections) == 1);
        Assert.Single(exported.Requests, span => span.Name == "GET /hub/{room?}");
    }

#pragma warning disable CA1822 // A hub's methods are the instance's.
    private sealed class EchoHub : Hub
    {
        public string? Trace() => Activity.Current?.TraceId.ToString();
    }
#pragma warning restore CA1822
}
