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

    private static async Task<PushAnswer> PushAsync(LokiClient client)
    {
        using var body = new PushBody();
        using var batch = new PushBatch(Some.Labels().Of(Some.Event("a")).Labels);
        batch.Add(LokiTime.Of(Some.Time), "a line"u8, null, null);
        return await client.PushAsync(body.Encode(batch, batch.Labels, 0, 1), CancellationToken.None);
    }
}
