using System.Diagnostics;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Database.Spans;

/// <summary>A command has one span, whoever else makes them.</summary>
[Collection(nameof(ProcessWide))]
public sealed class OneVoiceTests
{
    private const string Ours = "CoLink.Observability.Database";
    private const string EntityFramework = "OpenTelemetry.Instrumentation.EntityFrameworkCore";
    private const string SqlClient = "OpenTelemetry.Instrumentation.SqlClient";

    [Fact]
    public void Two_hosts_in_one_process_make_one_span_a_command_and_the_younger_goes_on_alone()
    {
        var older = new ObservedDatabases();
        using var younger = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();
        using var client = new FakeSqlClient();
        using var connection = new Microsoft.Data.SqlClient.SqlConnection("Server=db;Database=shop");

        framework.Execute(new FakeConnection("shop"), "SELECT 1");
        client.Run(connection, "SELECT 1");
        Assert.Equal(2, spans.All.Length);

        older.Dispose();
        framework.Execute(new FakeConnection("shop"), "SELECT 1");
        client.Run(connection, "SELECT 1");
        Assert.Equal(4, spans.All.Length);
    }

    [Theory]
    [InlineData(EntityFramework, true, 0)]
    [InlineData(EntityFramework, false, 1)]
    [InlineData(SqlClient, true, 1)]
    public void Beside_an_instrumentation_of_Entity_Framework_that_is_listened_to_ours_is_silent(string other, bool isHeard, int expected)
    {
        using var databases = new ObservedDatabases();
        using var instrumentation = new ActivitySource(other);
        using var spans = new ExportedSpans(null, isHeard ? [other] : []);
        using var framework = new FakeEntityFramework();

        framework.Execute(new FakeConnection("shop"), "SELECT 1");

        Assert.Equal(expected, spans.All.Count(span => span.Source.Name == Ours));
    }

    /// <summary>It may be made before us or after.</summary>
    [Theory]
    [InlineData(SqlClient, true, 0)]
    [InlineData(SqlClient, false, 1)]
    [InlineData(EntityFramework, true, 1)]
    public void Beside_an_instrumentation_of_SqlClient_that_is_listened_to_ours_is_silent(string other, bool isHeard, int expected)
    {
        using var instrumentation = new ActivitySource(other);
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans(null, isHeard ? [other] : []);
        using var client = new FakeSqlClient();
        using var connection = new Microsoft.Data.SqlClient.SqlConnection("Server=db;Database=shop");

        client.Run(connection, "SELECT 1");

        Assert.Equal(expected, spans.All.Count(span => span.Source.Name == Ours));
    }

    /// <summary>Entity Framework on SqlClient: the span of the one is around the command of the other.</summary>
    [Fact]
    public void Inside_the_span_of_an_instrumentation_of_Entity_Framework_a_drivers_command_has_none_of_ours()
    {
        using var databases = new ObservedDatabases();
        using var instrumentation = new ActivitySource(EntityFramework);
        using var spans = new ExportedSpans(null, EntityFramework);
        using var client = new FakeSqlClient();
        using var connection = new Microsoft.Data.SqlClient.SqlConnection("Server=db;Database=shop");

        using (instrumentation.StartActivity("shop"))
            client.Run(connection, "SELECT 1");

        Assert.Equal(EntityFramework, spans.Only.Source.Name);
    }

    [Fact]
    public void A_driver_that_is_heard_itself_tells_its_commands_under_Entity_Framework_too()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();
        using var connection = new Microsoft.Data.SqlClient.SqlConnection("Server=db;Database=shop");
        var command = new FakeCommand(connection, "SELECT 1");

        framework.Write("Command.CommandExecuting", new FakeEntityFramework.CommandEvent(command));
        framework.Write("Command.CommandExecuted", new FakeEntityFramework.CommandEndEvent(command, TimeSpan.Zero));

        Assert.Empty(spans.All);
    }

    /// <summary>Its own source is Npgsql's, and its spans exist whether we listen or not.</summary>
    [Fact]
    public void A_connection_of_Npgsqls_has_no_span_of_ours()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();
        var command = new FakeCommand(new global::Npgsql.FakeNpgsqlConnection(), "SELECT 1");

        framework.Write("Command.CommandExecuting", new FakeEntityFramework.CommandEvent(command));
        framework.Write("Command.CommandExecuted", new FakeEntityFramework.CommandEndEvent(command, TimeSpan.Zero));

        Assert.Empty(spans.All);
    }

    [Fact]
    public void Off_it_makes_none()
    {
        using var spans = new ExportedSpans();
        var registry = Tests.Registry.TestRegistry.New();
        using var off = new CoLink.Observability.Database.Spans.DatabaseSpans(isEnabled: false, recordSql: false, registry.Metrics);

        Assert.False(off.AreWanted);
        Assert.False(off.AreWantedOfProcess);
    }
}
