using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

public sealed class LokiClientTests : IDisposable
{
    private readonly ConcurrentQueue<(string Result, TimeSpan Elapsed, PushFailure? Failure)> _pushed = new();
    private readonly FakeTimeProvider _time = new(Some.Time);
    private readonly PushBody _body = new();
    private readonly PushBatch _batch = new(Some.Labels().Of(Some.Event("a")).Labels);

    public LokiClientTests() => _batch.Add(LokiTime.Of(Some.Time), "a line"u8, null, null);

    public void Dispose()
    {
        _body.Dispose();
        _batch.Dispose();
    }

    [Theory]
    [InlineData(200, PushVerdict.Taken, "2xx", null)]
    [InlineData(204, PushVerdict.Taken, "2xx", null)]
    [InlineData(307, PushVerdict.Misconfigured, "3xx", PushFailure.Refused)]
    [InlineData(400, PushVerdict.Refused, "4xx", null)]
    [InlineData(401, PushVerdict.Misconfigured, "4xx", PushFailure.Unauthorized)]
    [InlineData(403, PushVerdict.Misconfigured, "4xx", PushFailure.Unauthorized)]
    [InlineData(404, PushVerdict.Misconfigured, "4xx", PushFailure.Refused)]
    [InlineData(405, PushVerdict.Misconfigured, "4xx", PushFailure.Refused)]
    [InlineData(408, PushVerdict.Later, "4xx", PushFailure.Timeout)]
    [InlineData(413, PushVerdict.TooLarge, "4xx", PushFailure.TooLarge)]
    [InlineData(418, PushVerdict.Misconfigured, "4xx", PushFailure.Refused)]
    [InlineData(422, PushVerdict.Refused, "4xx", null)]
    [InlineData(429, PushVerdict.Later, "4xx", PushFailure.Refused)]
    [InlineData(500, PushVerdict.Later, "5xx", PushFailure.Refused)]
    [InlineData(503, PushVerdict.Later, "5xx", PushFailure.Refused)]
    [InlineData(599, PushVerdict.Later, "5xx", PushFailure.Refused)]
    internal async Task A_status_has_a_meaning(int status, PushVerdict verdict, string result, PushFailure? failure)
    {
        await using var loki = await StubLoki.StartAsync(_time);
        loki.Next(StubFault.Answer(status));

        var answer = await PushAsync(loki.Address);

        Assert.Equal((verdict, status), (answer.Verdict, answer.Status));
        Assert.Equal(verdict is PushVerdict.Later or PushVerdict.Misconfigured ? $"status {status}" : "", answer.Text);
        Assert.Equal(verdict == PushVerdict.Misconfigured, answer.Advice is not null);
        Assert.Equal((result, failure), Assert.Single(_pushed) is var pushed ? (pushed.Result, pushed.Failure) : default);
        Assert.Contains(result, LogCatalogue.PushResult.Values);
    }

    [Theory]
    [InlineData(429, false)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    public async Task Only_a_server_that_failed_may_have_stored_what_it_refused(int status, bool mayBeStored)
    {
        await using var loki = await StubLoki.StartAsync(_time);
        loki.Next(StubFault.Answer(status));

        var answer = await PushAsync(loki.Address);

        Assert.Equal((mayBeStored, $"status {status}"), (answer.MayBeStored, answer.Text));
    }

    [Fact]
    public void A_text_is_shown_up_to_a_bound_and_marked_where_it_is_cut()
    {
        var most = LokiClient.Short(new string('x', 10_000)).Length - 1;

        Assert.Equal(new string('x', most), LokiClient.Short(new string('x', most)));
        Assert.Equal(new string('x', most) + "…", LokiClient.Short(new string('x', most + 1)));
    }

    [Fact]
    public void Every_failure_has_its_reason_in_the_catalogue() => Assert.Equal(
        SelfCatalogue.ExportFailures.Labels[1].Values,
        Enum.GetNames<PushFailure>().Select(name => string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}")).ToLowerInvariant()));

    [Fact]
    public async Task A_push_is_gzipped_JSON_without_a_trace_of_whoever_logs()
    {
        await using var loki = await StubLoki.StartAsync(_time);
        using var activity = new System.Diagnostics.Activity("a request").Start();

        await PushAsync(loki.Address);

        var push = Assert.Single(loki.Pushes);
        Assert.Equal(("application/json", "gzip"), (push.Headers["Content-Type"], push.Headers["Content-Encoding"]));
        Assert.DoesNotContain(push.Headers.Keys, name => name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) || name is "Authorization" or "X-Scope-OrgID");
        Assert.Equal(["a line"], loki.Lines);
    }

    [Fact]
    public async Task The_tenant_and_the_credentials_are_sent()
    {
        await using var loki = await StubLoki.StartAsync(_time);

        await PushAsync(loki.Address, o => (o.Tenant, o.BearerToken) = ("team-a", "correct-horse"));
        await PushAsync(loki.Address, o => (o.BasicUser, o.BasicPassword) = ("pusher", "pässword"));

        Assert.Equal(["Bearer correct-horse", "Basic cHVzaGVyOnDDpHNzd29yZA=="], loki.Pushes.Select(push => push.Headers["Authorization"]));
        Assert.Equal("team-a", loki.Pushes.First().Headers["X-Scope-OrgID"]);
    }

    [Fact]
    public async Task Credentials_do_not_follow_a_redirection()
    {
        await using var elsewhere = await StubLoki.StartAsync(_time);
        await using var loki = await StubLoki.StartAsync(_time);
        loki.Next(StubFault.Redirect(elsewhere.Address.ToString()));

        var answer = await PushAsync(loki.Address, o => o.BearerToken = "correct-horse");

        Assert.Equal(PushVerdict.Misconfigured, answer.Verdict);
        Assert.Contains("points elsewhere", answer.Advice, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Pushes);
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("Sun, 22 Nov 2026 12:00:42 GMT", 42)]
    [InlineData("soon", null)]
    public async Task Loki_may_say_how_long_to_wait(string header, int? seconds)
    {
        await using var loki = await StubLoki.StartAsync(_time);
        loki.Next(StubFault.Later(429, header));

        var answer = await PushAsync(loki.Address);

        Assert.Equal(seconds, answer.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_push_that_takes_too_long_is_given_up()
    {
        await using var loki = await StubLoki.StartAsync(_time);
        loki.Next(StubFault.Hang);

        var push = PushAsync(loki.Address, o => o.Timeout = TimeSpan.FromSeconds(10));
        await Eventually.IsTrue(() => loki.Pushes.Count == 1);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(push.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        var answer = await push.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((PushVerdict.Later, true), (answer.Verdict, answer.MayBeStored));
        Assert.Equal("no answer within 00:00:10", answer.Text);
        Assert.Equal(("timeout", TimeSpan.FromSeconds(10), PushFailure.Timeout), Assert.Single(_pushed));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so()
    {
        await using var loki = await StubLoki.StartAsync(_time);
        using var client = new LokiClient(loki.Address, Some.Options(), _time);
        using var patience = new CancellationTokenSource();
        loki.Next(StubFault.Hang);

        var push = client.PushAsync(Body, patience.Token);
        await Eventually.IsTrue(() => loki.Pushes.Count == 1);
        await patience.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => push.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_is_cut_is_the_networks_failure(bool afterBody)
    {
        await using var loki = await StubLoki.StartAsync(_time);
        loki.Next(afterBody ? StubFault.CutAfter : StubFault.CutBefore);

        var answer = await PushAsync(loki.Address);

        Assert.Equal((PushVerdict.Later, 0, true), (answer.Verdict, answer.Status, answer.MayBeStored));
        Assert.Equal(("network", PushFailure.Unreachable), Assert.Single(_pushed) is var pushed ? (pushed.Result, pushed.Failure!.Value) : default);
    }

    [Fact]
    public async Task Nobody_at_the_port_has_stored_nothing()
    {
        var answer = await PushAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}/loki/api/v1/push"));

        Assert.Equal((PushVerdict.Later, false), (answer.Verdict, answer.MayBeStored));
        Assert.Equal(("network", PushFailure.Unreachable), Assert.Single(_pushed) is var pushed ? (pushed.Result, pushed.Failure!.Value) : default);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_has_its_status()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var push = PushAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/loki/api/v1/push")));
        using (var connection = await server.AcceptTcpClientAsync())
        {
            var stream = connection.GetStream();
            _ = await stream.ReadAsync(new byte[64 * 1024]);
            await stream.WriteAsync("HTTP/1.1 422 Unprocessable\r\nContent-Length: 1000\r\n\r\nhalf a"u8.ToArray());
            connection.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal((PushVerdict.Refused, 422, ""), (await push.WaitAsync(TimeSpan.FromSeconds(60))) is var answer ? (answer.Verdict, answer.Status, answer.Text) : default);
    }

    /// <summary>Given up before its status is read it has none, and nobody outside sees when that is: the moment is looked for.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_stalls_is_given_up_and_has_its_status(bool byCaller)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        PushAnswer? answer = null;
        for (var wait = 20; answer is null or { Status: 0 } && wait < 10_000; wait *= 2)
            answer = await GivenUpAsync(server, byCaller, wait);

        Assert.Equal((PushVerdict.Later, 503, "status 503"), (answer!.Verdict, answer.Status, answer.Text));
    }

    private async Task<PushAnswer?> GivenUpAsync(TcpListener server, bool byCaller, int milliseconds)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/"));
        using var client = new LokiClient(address, Some.Options(o => o.Timeout = TimeSpan.FromSeconds(10)), _time);
        using var patience = new CancellationTokenSource();
        var push = client.PushAsync(Body, patience.Token);
        using var connection = await server.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        _ = await stream.ReadAsync(new byte[64 * 1024]);
        await stream.WriteAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 1000\r\n\r\nhalf a"u8.ToArray());
        await Task.Delay(milliseconds);
        if (byCaller)
            await patience.CancelAsync();
        else
            _time.Advance(TimeSpan.FromSeconds(10));
        try
        {
            return await push.WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    [Fact]
    public async Task A_text_is_read_up_to_4_KiB_and_has_no_control_characters()
    {
        await using var loki = await StubLoki.StartAsync(_time);
        loki.Next(StubFault.Answer(400, "a\r\nb\u001b[31m" + new string('x', 100_000)), StubFault.Answer(503, new string('y', 1000)));

        var refused = await PushAsync(loki.Address);
        var later = await PushAsync(loki.Address);

        Assert.StartsWith("a  b [31mxxx", refused.Text, StringComparison.Ordinal);
        Assert.Equal(4096, refused.Text.Length);
        Assert.Equal($"status 503: {new string('y', 200)}…", later.Text);
    }

    [Fact]
    public async Task A_certificate_of_the_operators_own_authority_is_trusted()
    {
        using var authority = new TestAuthority();
        await using var loki = await StubLoki.StartAsync(_time, authority.Server);

        var answer = await PushAsync(loki.Address, o => o.CaFile = authority.File);

        Assert.Equal(PushVerdict.Taken, answer.Verdict);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_authoritys_certificate_is_not(bool hasCaFile)
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        await using var loki = await StubLoki.StartAsync(_time, authority.Server);

        var answer = await PushAsync(loki.Address, o => o.CaFile = hasCaFile ? other.File : null);

        Assert.Equal(PushVerdict.Misconfigured, answer.Verdict);
        Assert.Equal(PushFailure.Tls, Assert.Single(_pushed).Failure);
        Assert.Contains("CaFile", answer.Advice, StringComparison.Ordinal);
        Assert.Empty(loki.Pushes);
    }

    private ReadOnlyMemory<byte> Body => _body.Encode(_batch, _batch.Labels, 0, 1);

    private async Task<PushAnswer> PushAsync(Uri address, Action<LokiOptions>? options = null)
    {
        using var client = new LokiClient(address, Some.Options(options), _time) { Pushed = (result, elapsed, failure) => _pushed.Enqueue((result, elapsed, failure)) };
        return await client.PushAsync(Body, CancellationToken.None);
    }
}
