using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What is left of a shipper that was disposed of, as where a test or a tool builds one host after another.</summary>
public sealed class DisposedShipperTests
{
    private readonly RecordingTime _time = new();

    [Fact]
    public async Task No_timer_is_left()
    {
        await using var shipping = await Shipping.StartAsync(o => o.BatchSize = 1, _time);
        shipping.Emit(1);
        await shipping.SettledAsync();
        Assert.NotEqual(0, _time.OpenTimers);

        await shipping.Shipper.DisposeAsync().AsTask().WaitAsync(Eventually.Bound, TestContext.Current.CancellationToken);

        await Eventually.IsTrue(() => _time.OpenTimers == 0);
    }

    [Fact]
    public async Task No_connection_is_left()
    {
        using var loki = new TcpListener(IPAddress.Loopback, 0);
        loki.Start();
        var options = Some.Options(o => o.BatchSize = 1);
        await using var shipper = new LogShipper(new Uri($"http://{loki.LocalEndpoint}/"), options, Some.Labels(), Some.Lines, TimeProvider.System, new Some.Draw(1), NullLogger.Instance);
        shipper.Start();
        shipper.Sink.Emit(Some.Event("a", TimeProvider.System.GetUtcNow()));
        using var connection = await loki.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = connection.GetStream();
        await stream.ReadExactlyAsync(new byte[100], TestContext.Current.CancellationToken);
        await stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await Eventually.IsTrue(() => shipper.Ledger.Read().Of(LogFate.Delivered) == 1);

        await shipper.DisposeAsync();

        // To the end of what came, which is the end of the connection; idle, it would be there for a minute.
        await stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken).WaitAsync(Eventually.Bound / 2, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Where_a_line_takes_longer_than_the_end_may_every_event_has_its_fate_when_it_is_written()
    {
        using var writes = new SemaphoreSlim(0);
        using var written = new ManualResetEventSlim();
        await using var shipping = await Shipping.StartAsync(fake: _time, grace: TimeSpan.FromSeconds(1), start: false, lines: (logEvent, output) =>
        {
            if (logEvent.MessageTemplate.Text == "event 1")
            {
                writes.Release();
                written.Wait(TimeSpan.FromMinutes(2));
            }

            Some.Lines(logEvent, output);
        });
        shipping.Emit(2);
        shipping.Shipper.Start();
        await writes.WaitAsync(TestContext.Current.CancellationToken);

        var disposing = shipping.Shipper.DisposeAsync().AsTask();
        await shipping.AdvanceUntilAsync(() => disposing.IsCompleted);
        Assert.Equal(2, shipping.Balance.InFlight);
        written.Set();

        await Eventually.IsTrue(() => shipping.Balance.Of(LogFate.DroppedShutdown) == 2);
    }
}
