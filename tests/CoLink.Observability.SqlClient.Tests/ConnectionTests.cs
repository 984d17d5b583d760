using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using CoLink.Observability.Database;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.SqlClient.Tests;

/// <summary>The real client, as far as it goes without a server.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ConnectionTests
{
    public ConnectionTests() =>
        Assert.SkipWhen(Environment.GetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") is "1" or "true", "The client does not connect without ICU: run ./test.sh --install.");

    /// <summary>In seconds: a client that is slow to start must see the refusal before its time is over. It tries again until then.</summary>
    private const int Patient = 5;

    /// <summary>With and without await, with and without a pool; beside each other, since each takes nearly as long as it may.</summary>
    [Fact]
    public async Task A_closed_port_is_refused_once_each_time_in_whatever_way_it_is_opened()
    {
        await using var app = await RunningApp.StartAsync();
        (bool IsAsync, bool IsPooled)[] ways = [(true, true), (false, true), (true, false), (false, false)];

        await Task.WhenAll(ways.Select(way => Task.Run(() => Assert.ThrowsAsync<SqlException>(() => OpenAsync(FreePort.Next(), way.IsAsync, way.IsPooled, Patient)))));

        var scrape = await app.ScrapeAsync();
        Assert.Equal(ways.Length, scrape.Value("db_connection_errors_total", ("system", "mssql"), ("database", "shop"), ("reason", "refused")));
        Assert.Equal(ways.Length, scrape.Sum("db_connection_errors_total"));
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

    [Fact]
    public void The_numbers_are_the_clients_and_vanish_with_the_listener()
    {
        var registry = new MetricRegistry(SeriesLimits.Default, NullLogger.Instance);
        using var pools = new SqlClientPools(new DatabaseMetrics(registry), registry, TimeSpan.FromMilliseconds(50));
        pools.Start();
        Count("EnterActiveConnection", 3);
        Count("EnterFreeConnection", 7);
        try
        {
            Assert.True(SpinWait.SpinUntil(() => Value("db_connections_active") == 3 && Value("db_connections_idle") == 7, TimeSpan.FromSeconds(60)));
            pools.Dispose();
            Assert.Null(Value("db_connections_active"));
        }
        finally
        {
            Count("ExitActiveConnection", 3);
            Count("ExitFreeConnection", 7);
        }

        double? Value(string metric) => registry.Find(metric)?.Read(["mssql", "", "all"]);
    }

    /// <summary>Calls what the client's own pools call, for no connection is had without a server.</summary>
    private static void Count(string verb, int times)
    {
        var metrics = typeof(SqlConnection).Assembly.GetType("Microsoft.Data.SqlClient.SqlClientDiagnostics", throwOnError: true)!
            .GetField("Metrics", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(null)!;
        for (var i = 0; i < times; i++)
            metrics.GetType().GetMethod(verb, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!.Invoke(metrics, null);
    }

    private static async Task OpenAsync(int port, bool isAsync, bool isPooled = false, int timeout = 1)
    {
        await using var connection = new SqlConnection(
            $"Server=tcp:127.0.0.1,{port};Database=shop;User Id=sa;Password=hunter2;Encrypt=false;Connect Timeout={timeout};ConnectRetryCount=0;Pooling={isPooled}");
        if (isAsync)
            await connection.OpenAsync();
        else
            connection.Open();
    }
}
