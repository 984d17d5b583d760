using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using static CoLink.Observability.Tests.WebSockets.SocketApp;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>A hub's sockets with the real client: what the hub and its client say to each other counts, and nothing else.</summary>
public sealed class SignalRTests
{
    private static readonly (string, string) Endpoint = ("endpoint", "/hub/{room?}");

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Invocations_and_their_answers_are_the_messages(bool messagePack, bool resumable)
    {
        await using var app = await HubAsync();
        await using var connection = Connection(app, messagePack, resumable: resumable);
        await connection.StartAsync(Bound());

        // Two received and two sent.
        Assert.Equal("one", await connection.InvokeAsync<string>("Echo", "one", Bound()));
        Assert.Equal(new string('x', 9_000), await connection.InvokeAsync<string>("Echo", new string('x', 9_000), Bound()));

        // One received, three items and a completion sent.
        Assert.Equal([0, 1, 2], await connection.StreamAsync<int>("Numbers", 3, Bound()).ToListAsync());
        await app.ScrapeUntilAsync(s => s.Value(Sent, Endpoint) == 6 && s.Value(Received, Endpoint) == 3);
        await connection.StopAsync(Bound());

        var scrape = await app.ScrapeAfterAsync(s => s.Value(Duration, Endpoint) == 1);
        Assert.Equal(1, scrape.Value(Disconnections, Endpoint, ("reason", "normal")));
        Assert.Equal(6, scrape.Value(Sent, Endpoint));
        Assert.Equal(3, scrape.Value(Received, Endpoint));
        Assert.Equal(0, scrape.Value(Active, Endpoint));
        Assert.Equal(1, scrape.Sum(Disconnections));
        Assert.Equal(0, scrape.Sum("colink_telemetry_observer_errors_total"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_messages_at_once_are_counted_exactly_however_they_are_batched(bool messagePack)
    {
        const int Messages = 2_000;
        await using var app = await HubAsync();
        await using var connection = Connection(app, messagePack);
        var answers = 0;
        connection.On("Told", () => Interlocked.Increment(ref answers));
        await connection.StartAsync(Bound());

        for (var i = 0; i < Messages; i++)
            await connection.SendAsync("Tell", Bound());

        await Eventually.IsTrue(() => Volatile.Read(ref answers) == Messages);
        var scrape = await app.ScrapeUntilAsync(s => s.Value(Received, Endpoint) >= Messages && s.Value(Sent, Endpoint) >= Messages);
        Assert.Equal(Messages, scrape.Value(Received, Endpoint));
        Assert.Equal(Messages, scrape.Value(Sent, Endpoint));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pings_are_no_messages(bool messagePack)
    {
        await using var app = await HubAsync(o => o.KeepAliveInterval = TimeSpan.FromMilliseconds(20));
        await using var connection = Connection(app, messagePack, o => o.KeepAliveInterval = TimeSpan.FromMilliseconds(20));
        await connection.StartAsync(Bound());

        // Each answer takes longer than several pings of both sides.
        for (var i = 0; i < 5; i++)
            await connection.InvokeAsync("Dawdle", Bound());

        var scrape = await app.ScrapeUntilAsync(s => s.Value(Sent, Endpoint) >= 5);
        Assert.Equal(5, scrape.Value(Sent, Endpoint));
        Assert.Equal(5, scrape.Value(Received, Endpoint));
    }

    [Fact]
    public async Task A_hub_that_aborts_its_connection_is_an_abort_of_the_server()
    {
        await using var app = await HubAsync();
        await using var connection = Connection(app, messagePack: false);
        await connection.StartAsync(Bound());
        await connection.SendAsync("Abort", Bound());

        var scrape = await app.ScrapeAfterAsync(s => s.Sum(Duration) == 1);
        Assert.Equal(1, scrape.Sum(Disconnections));
        Assert.Equal(0, scrape.Value(Active, Endpoint));
    }

    [Theory]
    [InlineData(HttpTransportType.LongPolling)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    public async Task The_other_transports_are_no_sockets(HttpTransportType transport)
    {
        await using var app = await HubAsync();
        await using var connection = new HubConnectionBuilder().WithUrl(new Uri(app.Address, "/hub/a"), transport).Build();
        await connection.StartAsync(Bound());
        await connection.InvokeAsync<string>("Echo", "one", Bound());

        Assert.Empty((await app.ScrapeAsync()).All(Active));
    }

    private static Task<RunningApp> HubAsync(Action<HubOptions>? options = null) => RunningApp.StartAsync(
        app => app.MapHub<EchoHub>("/hub/{room?}", o => o.AllowStatefulReconnects = true),
        builder => builder.Services.AddSignalR(o => options?.Invoke(o)).AddMessagePackProtocol());

    private static HubConnection Connection(RunningApp app, bool messagePack, Action<HubConnection>? options = null, bool resumable = false)
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(app.Address, "/hub/a"), HttpTransportType.WebSockets);
        if (messagePack)
            builder.AddMessagePackProtocol();
        if (resumable)
            builder.WithStatefulReconnect();
        var connection = builder.Build();
        options?.Invoke(connection);
        return connection;
    }

#pragma warning disable CA1822 // A hub's methods are the instance's.
    private sealed class EchoHub : Hub
    {
        public string Echo(string text) => text;

        public Task Tell() => Clients.Caller.SendAsync("Told");

        public Task Dawdle() => Task.Delay(150);

        public void Abort() => Context.Abort();

        public async IAsyncEnumerable<int> Numbers(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }
    }
#pragma warning restore CA1822
}
