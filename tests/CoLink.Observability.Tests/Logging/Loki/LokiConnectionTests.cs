using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What a connection to Loki carries from one push to the next, and what its failure means.</summary>
public sealed class LokiConnectionTests
{
    private const int NonBlocking = 0x800;

    private readonly FakeTimeProvider _time = new(Some.Time);

    [Fact]
    public async Task A_cookie_of_a_proxy_is_not_sent_back()
    {
        await using var loki = await StubLoki.StartAsync(_time);
        loki.Next(StubFault.Answer(503).With("Set-Cookie", "route=a; Path=/"));
        using var client = new LokiClient(loki.Address, Some.Options(), _time);

        Assert.Equal(503, (await PushAsync(client)).Status);
        Assert.Equal(PushVerdict.Taken, (await PushAsync(client)).Verdict);

        Assert.All(loki.Pushes, push => Assert.DoesNotContain("Cookie", push.Headers.Keys));
    }

    /// <summary>A proxy that is restarted ends handshakes: that heals by itself, and no certificate is at fault.</summary>
    [Fact]
    public async Task A_handshake_that_breaks_off_is_no_distrust()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var client = new LokiClient(new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/loki/api/v1/push")), Some.Options(), _time);

        var push = PushAsync(client);
        using (var connection = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken))
            _ = await connection.GetStream().ReadAsync(new byte[64 * 1024], TestContext.Current.CancellationToken);
        var answer = await push.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal((PushVerdict.Later, PushFailure.Tls), (answer.Verdict, answer.Failure));
        Assert.Null(answer.Advice);
    }

    /// <summary>A name may have an address that nobody listens at before the one that answers, as <c>localhost</c> has.</summary>
    [Fact]
    public async Task A_connection_to_a_name_blocks()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads the flags of a socket from /proc.");
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();

        await using var connection = await LokiConnection.ConnectAsync(new DnsEndPoint("localhost", ((IPEndPoint)server.LocalEndpoint).Port), TestContext.Current.CancellationToken);
        var socket = Assert.IsType<NetworkStream>(connection).Socket;

        var flags = File.ReadLines($"/proc/self/fdinfo/{socket.Handle}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.Equal(0, Convert.ToInt32(flags, 8) & NonBlocking);
        Assert.Equal(1, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
    }

    [Fact]
    public async Task A_connection_that_is_given_up_is_not_made()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var address = new DnsEndPoint("127.0.0.1", ((IPEndPoint)server.LocalEndpoint).Port);

        var given = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await LokiConnection.ConnectAsync(address, new CancellationToken(canceled: true)));

        Assert.True(given.CancellationToken.IsCancellationRequested);
    }

    [Theory]
    [InlineData("http://loki.invalid/loki/api/v1/push")]
    [InlineData("https://loki.invalid/loki/api/v1/push")]
    public async Task Nobody_of_a_name_that_there_is_not_has_stored_anything(string address)
    {
        using var client = new LokiClient(new Uri(address), Some.Options(), _time);

        var answer = await PushAsync(client);

        Assert.Equal((PushVerdict.Later, PushFailure.Unreachable, false), (answer.Verdict, answer.Failure, answer.MayBeStored));
    }

    private static async Task<PushAnswer> PushAsync(LokiClient client)
    {
        using var body = new PushBody();
        using var batch = new PushBatch(Some.Labels().Of(Some.Event("a")).Labels);
        batch.Add(LokiTime.Of(Some.Time), "a line"u8, null, null);
        return await client.PushAsync(body.Encode(batch, batch.Labels, 0, 1), CancellationToken.None);
    }
}
