using System.Data;
using System.Net.Sockets;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Database;

[Collection(nameof(ProcessWide))]
public sealed class EntityFrameworkListenerTests
{
    [Fact]
    public async Task Commands_of_every_instance_are_timed_those_before_and_those_after_the_start()
    {
        using var before = new FakeEntityFramework();
        using var databases = new ObservedDatabases();
        using var after = new FakeEntityFramework();
        using var connection = new FakeConnection("shop");

        before.Execute(connection, "SELECT 1");
        after.Execute(connection, "SELECT 1");
        after.Execute(connection, "place_order", type: CommandType.StoredProcedure);
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(2, scrape.Value("db_query_duration_seconds_count", ("system", "other"), ("operation", "select")));
        Assert.Equal(3, scrape.Value("db_query_duration_seconds_sum", ("operation", "select")));
        Assert.Equal(1, scrape.Value("db_query_duration_seconds_count", ("operation", "procedure")));
        Assert.Equal(1, scrape.Value("colink_telemetry_source_active", ("source", "Microsoft.EntityFrameworkCore")));
    }

    [Fact]
    public async Task A_failed_command_is_an_error_and_a_cancelled_one_is_timed_only()
    {
        using var databases = new ObservedDatabases();
        using var ef = new FakeEntityFramework();
        using var connection = new FakeConnection("shop");

        ef.Execute(connection, "SELECT 1", "CommandError");
        ef.Execute(connection, "SELECT 1", "CommandCanceled");
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(2, scrape.Value("db_query_duration_seconds_count", ("operation", "select")));
        Assert.Equal(1, scrape.Value("db_query_errors_total", ("operation", "select")));
    }

    [Fact]
    public async Task Without_operations_every_command_is_other()
    {
        using var databases = new ObservedDatabases(operations: false);
        using var ef = new FakeEntityFramework();
        using var connection = new FakeConnection("shop");

        ef.Execute(connection, "SELECT 1");

        Assert.Equal("other", Assert.Single((await databases.ScrapeAsync()).All("db_query_duration_seconds_count")).Labels["operation"]);
    }

    /// <summary>A context that goes away closes its connection without an event of EF's.</summary>
    [Fact]
    public async Task A_connection_is_active_from_its_opening_by_EF_until_it_closes_however_that_comes()
    {
        using var databases = new ObservedDatabases();
        using var ef = new FakeEntityFramework();
        using var first = new FakeConnection("shop");
        using var second = new FakeConnection("shop");
        using var direct = new FakeConnection("shop");

        ef.Open(first);
        ef.Open(second);
        direct.Open();
        var open = await databases.ScrapeAsync();
        first.Close();
        second.Change(ConnectionState.Broken);
        second.Change(ConnectionState.Closed);
        ef.Open(first);
        var again = await databases.ScrapeAsync();
        first.Close();
        first.Open();
        first.Close();
        var closed = await databases.ScrapeAsync();

        Assert.Equal(2, open.Value("db_connections_active", ("system", "other"), ("database", "shop"), ("pool", "ef")));
        Assert.Equal(1, again.Value("db_connections_active"));
        Assert.Equal(0, closed.Value("db_connections_active"));
        Assert.Empty(closed.All("db_connections_idle"));
        Assert.Empty(closed.All("db_connections_max"));
        Assert.Equal(6, closed.All("db_connection_errors_total", ("database", "shop")).Count());
    }

    [Fact]
    public async Task A_connection_that_could_not_be_had_says_why_unless_EF_expected_it()
    {
        using var databases = new ObservedDatabases();
        using var ef = new FakeEntityFramework();
        using var connection = new FakeConnection("shop");

        ef.FailToOpen(connection, new InvalidOperationException("no", new SocketException((int)SocketError.ConnectionRefused)));
        ef.FailToOpen(connection, new TimeoutException());
        ef.FailToOpen(connection, new SocketException((int)SocketError.ConnectionRefused), LogLevel.Debug);
        var scrape = await databases.ScrapeAsync();

        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("database", "shop"), ("reason", "refused")));
        Assert.Equal(1, scrape.Value("db_connection_errors_total", ("database", "shop"), ("reason", "timeout")));
        Assert.Equal(2, scrape.Sum("db_connection_errors_total"));
    }

    [Fact]
    public async Task No_connection_string_is_in_a_label()
    {
        using var databases = new ObservedDatabases();
        using var ef = new FakeEntityFramework();
        using var connection = new FakeConnection("shop");

        ef.Open(connection);
        ef.Execute(connection, "SELECT 'hunter2'");
        ef.FailToOpen(connection, new TimeoutException("secret.internal"));
        var text = await databases.Registry.TextAsync();

        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_events_of_commands_and_connections_are_asked_for_and_their_beginnings_too()
    {
        using var databases = new ObservedDatabases();
        using var ef = new FakeEntityFramework();

        Assert.True(ef.IsWanted("Command.CommandExecuting"));
        Assert.True(ef.IsWanted("Connection.ConnectionOpening"));
        Assert.False(ef.IsWanted("Command.CommandCreated"));
        Assert.False(ef.IsWanted("Connection.ConnectionCreating"));
    }

    [Fact]
    public void Listeners_of_other_names_are_not_subscribed_to_and_none_after_the_stop()
    {
        using var other = new FakeEntityFramework("Microsoft.EntityFrameworkCore.Something");
        using var ef = new FakeEntityFramework();
        var databases = new ObservedDatabases();
        var (wasHeard, otherWasHeard) = (ef.IsHeard, other.IsHeard);

        databases.Dispose();
        using var late = new FakeEntityFramework();

        Assert.True(wasHeard);
        Assert.False(otherWasHeard);
        Assert.False(ef.IsHeard);
        Assert.False(late.IsHeard);
    }

    [Fact]
    public async Task Payloads_of_other_shapes_are_passed_over()
    {
        using var databases = new ObservedDatabases();
        using var ef = new FakeEntityFramework();
        foreach (var name in (string[])["Command.CommandExecuted", "Command.CommandError", "Connection.ConnectionOpened", "Connection.ConnectionError"])
        {
            ef.Write(name, null);
            ef.Write(name, 12);
            ef.Write(name, new { });
            ef.Write(name, new { Command = 1, Connection = "a", Duration = 3.5, Exception = DateTime.MinValue, LogLevel = "high" });
            ef.Write(name, new { Command = (object?)null, Connection = (object?)null, Duration = TimeSpan.Zero });
            ef.Write(name, new FakeEntityFramework.CommandEndEvent(new FakeCommand(null, ""), TimeSpan.Zero));
        }

        var scrape = await databases.ScrapeAsync();

        Assert.DoesNotContain(scrape.Samples, sample => sample.Name.StartsWith("db_", StringComparison.Ordinal));
        Assert.Equal(0, ObservedDatabases.Failures(scrape));
    }

    [Fact]
    public async Task Thousands_of_databases_change_nothing_but_the_guards_counter_and_the_total_stays_true()
    {
        using var databases = new ObservedDatabases(limit: 100);
        using var ef = new FakeEntityFramework();
        for (var i = 0; i < 3_000; i++)
            ef.Open(new FakeConnection($"tenant{i}"));

        var scrape = await databases.ScrapeAsync();

        Assert.Equal(101, scrape.All("db_connections_active", ("system", "other")).Count());
        Assert.Equal(3_000, scrape.Sum("db_connections_active", ("system", "other")));
        Assert.Equal(0, ObservedDatabases.Failures(scrape));
    }
}
