using System.Data.Common;
using System.Diagnostics;
using CoLink.Observability.Tests.Support;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Database.Spans;

/// <summary>Commands that Entity Framework tells and their driver does not; on real drivers in the integration tests.</summary>
[Collection(nameof(ProcessWide))]
public sealed class EntityFrameworkSpanTests
{
    private const string Sql = "SELECT name FROM users WHERE mail = 'bob@example.org'";

    [Fact]
    public void A_command_is_a_client_span_of_its_operation_and_database_inside_the_current_one()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();
        using var request = spans.App.StartActivity("request");

        framework.Execute(new FakeConnection("shop"), Sql);

        var span = spans.Only;
        Assert.Equal("SELECT shop", span.DisplayName);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal(request!.SpanId, span.ParentSpanId);
        Assert.Equal(request.TraceId, span.TraceId);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(
            [("db.namespace", "shop"), ("db.operation.name", "SELECT"), ("db.system.name", "other_sql")],
            span.TagObjects.Select(tag => (tag.Key, tag.Value?.ToString())).OrderBy(tag => tag.Key, StringComparer.Ordinal));
        Assert.Empty(span.Events);
    }

    [Fact]
    public void A_long_statement_is_cut_and_says_so()
    {
        using var databases = new ObservedDatabases(recordSql: true);
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();

        framework.Execute(new FakeConnection("shop"), "SELECT " + new string('x', 8_184) + "\U0001F600 and more");

        Assert.Equal("SELECT " + new string('x', 8_184) + "…[cut]", ExportedSpans.Tag(spans.Only, "db.query.text"));
    }

    [Fact]
    public void A_procedure_is_named()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();

        framework.Execute(new FakeConnection("shop"), "delete_users", type: System.Data.CommandType.StoredProcedure);

        Assert.Equal(("CALL shop", "delete_users"), (spans.Only.DisplayName, ExportedSpans.Tag(spans.Only, "db.stored_procedure.name")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_statement_stands_on_it_only_where_that_is_asked_for(bool isAsked)
    {
        using var databases = new ObservedDatabases(recordSql: isAsked);
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();

        framework.Execute(new FakeConnection("shop"), Sql);

        Assert.Equal(isAsked ? Sql : null, ExportedSpans.Tag(spans.Only, "db.query.text"));
        Assert.Equal(isAsked, spans.Only.TagObjects.Any(tag => tag.Value is string text && text.Contains("bob", StringComparison.Ordinal)));
        Assert.DoesNotContain(spans.Only.TagObjects, tag => tag.Value is string text && text.Contains("secret", StringComparison.Ordinal));
    }

    /// <summary>What the app does while a command runs, as in an interceptor of its own, belongs to the app's span.</summary>
    [Fact]
    public void While_a_command_runs_the_current_span_is_the_apps()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();
        using var request = spans.App.StartActivity("request");
        var command = new FakeCommand(new FakeConnection("shop"), Sql);

        framework.Write("Command.CommandExecuting", new FakeEntityFramework.CommandEvent(command));
        Assert.Same(request, Activity.Current);
        Assert.Empty(spans.All);
        using (var inside = spans.App.StartActivity("inside"))
        {
            framework.Write("Command.CommandExecuted", new FakeEntityFramework.CommandEndEvent(command, TimeSpan.Zero));
            Assert.Same(inside, Activity.Current);
        }

        Assert.Same(request, Activity.Current);
        Assert.Equal(request!.SpanId, spans.Only.ParentSpanId);
    }

    [Fact]
    public void A_command_that_ends_on_another_thread_leaves_that_threads_span_alone()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();
        var command = new FakeCommand(new FakeConnection("shop"), Sql);
        framework.Write("Command.CommandExecuting", new FakeEntityFramework.CommandEvent(command));
        Activity? before = null, after = null;

        var thread = new Thread(() =>
        {
            using var other = spans.App.StartActivity("other");
            before = other;
            framework.Write("Command.CommandExecuted", new FakeEntityFramework.CommandEndEvent(command, TimeSpan.Zero));
            after = Activity.Current;
        });
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)));

        Assert.NotNull(before);
        Assert.Same(before, after);
        Assert.Single(spans.All);
    }

    [Fact]
    public void A_failure_stands_on_the_span_without_its_words_in_the_status()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();

        Fail(framework, new FakeFailure("duplicate key: bob", "23505"));

        var span = spans.Only;
        Assert.Equal((ActivityStatusCode.Error, "23505"), (span.Status, span.StatusDescription));
        Assert.Equal("23505", ExportedSpans.Tag(span, "error.type"));
        Assert.Equal("23505", ExportedSpans.Tag(span, "db.response.status_code"));
        var happened = Assert.Single(span.Events);
        Assert.Equal("exception", happened.Name);
        Assert.Contains(happened.Tags, tag => tag.Key == "exception.type" && (string?)tag.Value == typeof(FakeFailure).FullName);
    }

    [Fact]
    public void A_failure_without_a_code_is_named_by_its_exception()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();

        Fail(framework, new TimeoutException("too slow"));

        Assert.Equal("System.TimeoutException", ExportedSpans.Tag(spans.Only, "error.type"));
        Assert.Null(ExportedSpans.Tag(spans.Only, "db.response.status_code"));
    }

    [Fact]
    public void A_cancelled_command_says_so_and_is_no_failure()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();

        framework.Execute(new FakeConnection("shop"), Sql, "CommandCanceled");

        Assert.Equal(ActivityStatusCode.Unset, spans.Only.Status);
        Assert.Equal("cancelled", Assert.Single(spans.Only.Events).Name);
    }

    /// <summary>An interceptor of the app's that throws after a command has EF tell a second end.</summary>
    [Fact]
    public void A_second_end_ends_nothing()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();
        var command = new FakeCommand(new FakeConnection("shop"), Sql);

        framework.Write("Command.CommandExecuting", new FakeEntityFramework.CommandEvent(command));
        framework.Write("Command.CommandExecuted", new FakeEntityFramework.CommandEndEvent(command, TimeSpan.Zero));
        framework.Write("Command.CommandError", new FakeEntityFramework.CommandErrorEvent(command, TimeSpan.Zero, new TimeoutException()));
        framework.Write("Command.CommandExecuted", new FakeEntityFramework.CommandEndEvent(command, TimeSpan.Zero));

        Assert.Equal(ActivityStatusCode.Unset, spans.Only.Status);
    }

    [Fact]
    public void A_command_whose_end_was_never_told_ends_where_it_begins_again()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();
        var command = new FakeCommand(new FakeConnection("shop"), Sql);

        framework.Write("Command.CommandExecuting", new FakeEntityFramework.CommandEvent(command));
        framework.Write("Command.CommandExecuting", new FakeEntityFramework.CommandEvent(command));
        framework.Write("Command.CommandExecuted", new FakeEntityFramework.CommandEndEvent(command, TimeSpan.Zero));

        Assert.Equal(2, spans.All.Length);
    }

    [Fact]
    public async Task An_exemplar_leads_to_the_commands_own_span()
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans();
        using var framework = new FakeEntityFramework();
        using var request = spans.App.StartActivity("request");

        framework.Execute(new FakeConnection("shop"), Sql);

        Assert.Contains($"span_id=\"{spans.Only.SpanId}\"", await databases.Registry.TextAsync(openMetrics: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_not_sampled_is_counted_and_not_exported(bool inside)
    {
        using var databases = new ObservedDatabases();
        using var spans = new ExportedSpans(new AlwaysOffSampler());
        using var framework = new FakeEntityFramework();
        using var request = inside ? spans.App.StartActivity("request") : null;

        framework.Execute(new FakeConnection("shop"), Sql);

        Assert.Empty(spans.All);
        Assert.Equal(1, (await databases.ScrapeAsync()).Sum("db_query_duration_seconds_count", ("system", "other")));
        Assert.DoesNotContain("trace_id", await databases.Registry.TextAsync(openMetrics: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_no_span_and_nothing_more_is_allocated()
    {
        using var databases = new ObservedDatabases();
        using var framework = new FakeEntityFramework();
        var executing = new FakeEntityFramework.CommandEvent(new FakeCommand(new FakeConnection("shop"), Sql));
        var executed = new FakeEntityFramework.CommandEndEvent(executing.Command, TimeSpan.Zero);
        Execute(100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Execute(1_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // The fake puts the names of its events together anew each time; a span alone would be as much again.
        var names = 1_000 * 2 * (2 * (22 + (2 * "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuting".Length)) + 16);
        Assert.InRange(allocated, 0, names);
        Assert.Equal(1_100, (await databases.ScrapeAsync()).Sum("db_query_duration_seconds_count", ("system", "other")));

        void Execute(int times)
        {
            for (var i = 0; i < times; i++)
            {
                framework.Write("Command.CommandExecuting", executing);
                framework.Write("Command.CommandExecuted", executed);
            }
        }
    }

    private static void Fail(FakeEntityFramework framework, Exception exception)
    {
        var command = new FakeCommand(new FakeConnection("shop"), Sql);
        framework.Write("Command.CommandExecuting", new FakeEntityFramework.CommandEvent(command));
        framework.Write("Command.CommandError", new FakeEntityFramework.CommandErrorEvent(command, TimeSpan.Zero, exception));
    }

    private sealed class FakeFailure(string message, string state) : DbException(message)
    {
        public override string SqlState => state;
    }
}
