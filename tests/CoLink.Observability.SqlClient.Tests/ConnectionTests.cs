using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Tests.Support;
using Microsoft.Data.SqlClient;

namespace CoLink.Observability.SqlClient.Tests;

/// <summary>The real client, as far as it goes without a server.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ConnectionTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task A_closed_port_is_refused(bool isAsync, bool isPooled)
    {
        await using var app = await RunningApp.StartAsync();

        await Assert.ThrowsAsync<SqlException>(() => OpenAsync(FreePort.Next(), isAsync, isPooled));

        var scrape = await app.ScrapeAsync();
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("system", "mssql"), ("database", "shop"), ("reason", "refused")));
        Assert.Equal(1, scrape.Sum("db_connection_errors_total"));
        Assert.Equal(6, scrape.All("db_connection_errors_total").Count());
        Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "Microsoft.Data.SqlClient")));
        Assert.DoesNotContain("hunter2", scrape.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_never_answers_is_a_timeout(bool isAsync)
    {
        await using var app = await RunningApp.StartAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        await Assert.ThrowsAsync<SqlException>(() => OpenAsync(((IPEndPoint)silent.LocalEndpoint).Port, isAsync));

        var scrape = await app.ScrapeAsync();
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("system", "mssql"), ("database", "shop"), ("reason", "timeout")));
        Assert.Equal(1, scrape.Sum("db_connection_errors_total"));
    }

    [Fact]
    public async Task A_pool_that_is_used_up_is_exhausted()
    {
        await using var app = await RunningApp.StartAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;

        // The first takes the one place of the pool for as long as it waits for its answer.
        var first = Assert.ThrowsAsync<SqlException>(() => OpenAsync(port, isAsync: true, isPooled: true, timeout: 4));
        using var reached = await silent.AcceptTcpClientAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => OpenAsync(port, isAsync: true, isPooled: true, timeout: 4));
        await first;

        var scrape = await app.ScrapeAsync();
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("database", "shop"), ("reason", "pool_exhausted")));
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("database", "shop"), ("reason", "timeout")));
    }

    [Fact]
    public async Task Connections_are_told_without_a_maximum_and_the_clients_trace_stays_off()
    {
        await using var app = await RunningApp.StartAsync();
        await Assert.ThrowsAsync<SqlException>(() => OpenAsync(FreePort.Next(), isAsync: true));

        var scrape = await app.ScrapeUntilAsync(s => s.All("db_connections_active").Any() && s.All("db_connections_idle").Any());

        Assert.Equal(0, scrape.Value("db_connections_active", ("system", "mssql"), ("database", ""), ("pool", "all")));
        Assert.Equal(0, scrape.Value("db_connections_idle", ("system", "mssql"), ("database", ""), ("pool", "all")));
        Assert.Empty(scrape.All("db_connections_max"));
        var source = EventSource.GetSources().First(one => one.Name == "Microsoft.Data.SqlClient.EventSource");
        Assert.All(Enumerable.Range(0, 16), bit => Assert.False(source.IsEnabled(EventLevel.Informational, (EventKeywords)(1L << bit))));
    }

    private static async Task OpenAsync(int port, bool isAsync, bool isPooled = false, int timeout = 1)
    {
        await using var connection = new SqlConnection(
            $"Server=tcp:127.0.0.1,{port};Database=shop;User Id=sa;Password=hunter2;Encrypt=false;Connect Timeout={timeout};ConnectRetryCount=0;Pooling={isPooled};Max Pool Size=1");
        if (isAsync)
            await connection.OpenAsync();
        else
            connection.Open();
    }
}
