using System.Net.WebSockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;
using CoLink.Observability.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>What comes first is why a socket ended, whatever follows from it.</summary>
public sealed class SocketLifeTests : IDisposable
{
    private const string Endpoint = "unmatched";

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly WebSocketException Gone = new(WebSocketError.ConnectionClosedPrematurely);

    private readonly MetricRegistry _registry = new(SeriesLimits.Default, NullLogger<MetricRegistry>.Instance);
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly StubSocket _inner = new();
    private readonly SocketLife _life;
    private readonly CountingWebSocket _socket;

    public SocketLifeTests()
    {
        var request = new RequestAbort(new HttpRequestLifetimeFeature { RequestAborted = _lost.Token }, _stopping.Token);
        _life = new SocketLife(_inner, new WebSocketMetrics(_registry).Of(new HttpRoutes().Unmatched), request, _registry, TimeProvider.System);
        _life.Open();
        _socket = new CountingWebSocket(_inner, _life, null, null);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _inner.Dispose();
        _lost.Dispose();
        _stopping.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_socket_that_the_app_leaves_is_an_abort_of_the_server_though_its_connection_goes_then(bool aborts)
    {
        if (aborts)
            _socket.Abort();
        else
            _socket.Dispose();
        _life.Failed(Gone, None);
        _lost.Cancel();

        Assert.Equal("server_abort", Reason());
    }

    [Fact]
    public void A_socket_that_the_app_leaves_when_it_is_lost_is_an_abort_of_the_client_though_the_host_stops_then()
    {
        _lost.Cancel();
        _socket.Abort();
        _stopping.Cancel();

        Assert.Equal("client_abort", Reason());
    }

    [Fact]
    public void A_close_of_what_is_lost_already_does_not_make_it_normal()
    {
        _lost.Cancel();
        _life.Closing(WebSocketCloseStatus.NormalClosure);

        Assert.Equal("client_abort", Reason());
    }

    [Fact]
    public async Task A_close_that_answers_the_apps_ends_the_socket_before_its_request()
    {
        await _inner.CloseAsync(WebSocketCloseStatus.NormalClosure, null, None);
        (_inner.Status, _inner.Next) = (WebSocketCloseStatus.NormalClosure, new(0, WebSocketMessageType.Close, true));
        await _socket.ReceiveAsync(new byte[4].AsMemory(), None);

        Assert.Equal(0, _registry.Gauge(WebSocketCatalogue.Active).Read([Endpoint]));
        Assert.Equal("normal", Reason());
    }

    [Fact]
    public void A_token_of_the_apps_own_is_an_abort_of_the_server()
    {
        _life.Failed(new OperationCanceledException(), new CancellationToken(canceled: true));
        _lost.Cancel();

        Assert.Equal("server_abort", Reason());
    }

    [Fact]
    public void What_is_cancelled_on_a_socket_that_was_aborted_is_an_abort_of_the_server()
    {
        _inner.Abort();
        _life.Failed(new ConnectionAbortedException(), None);
        _lost.Cancel();

        Assert.Equal("server_abort", Reason());
    }

    [Fact]
    public void What_is_cancelled_by_nobody_here_is_an_abort_of_the_client()
    {
        _life.Failed(new ConnectionAbortedException(), None);

        Assert.Equal("client_abort", Reason());
    }

    [Fact]
    public void An_exception_of_a_connection_that_is_not_this_one_is_an_error_of_the_server()
    {
        _life.End(new ConnectionResetException("another's"));

        Assert.Equal("server_error", Reason());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_close_that_fails_is_felt_by_the_app_and_is_the_end_of_the_socket(bool outputOnly)
    {
        _inner.CloseFails = Gone;
        var closing = outputOnly ? _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, None) : _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, None);

        Assert.Same(Gone, await Assert.ThrowsAsync<WebSocketException>(() => closing));
        Assert.Equal("client_abort", Reason());
    }

    private string Reason()
    {
        _life.End(null);
        return WebSocketCatalogue.Reasons.Single(reason => _registry.Counter(WebSocketCatalogue.Disconnections).Read([Endpoint, reason]) == 1);
    }
}
