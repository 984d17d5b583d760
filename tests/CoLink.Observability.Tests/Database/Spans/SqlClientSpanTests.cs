using System.Diagnostics;
using CoLink.Observability.Tests.Support;
using Microsoft.Data.SqlClient;

namespace CoLink.Observability.Tests.Database.Spans;

/// <summary>SqlClient makes no spans of its own; its events are of the real shape and made by hand.</summary>
[Collection(nameof(ProcessWide))]
public sealed class SqlClientSpanTests : IDisposable
{
    private readonly ObservedDatabases _databases = new();
    private readonly ExportedSpans _spans = new();
    private readonly FakeSqlClient _client = new();
    private readonly SqlConnection _connection = new("Server=tcp:db.internal\\main,1500;Database=shop;User ID=app;Password=hunter2");

    public void Dispose()
    {
        _connection.Dispose();
        _client.Dispose();
        _spans.Dispose();
        _databases.Dispose();
    }

    [Fact]
    public void A_command_is_a_span_that_names_server_and_instance_and_no_user()
    {
        using var request = _spans.App.StartActivity("request");

        _client.Run(_connection, "UPDATE users SET name = 'bob'");

        var span = _spans.Only;
        Assert.Equal("UPDATE shop", span.DisplayName);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal(request!.SpanId, span.ParentSpanId);
        Assert.Equal(
            [("db.namespace", "main|shop"), ("db.operation.name", "UPDATE"), ("db.system.name", "microsoft.sql_server"), ("server.address", "db.internal"), ("server.port", "1500")],
            span.TagObjects.Select(tag => (tag.Key, tag.Value?.ToString())).OrderBy(tag => tag.Key, StringComparer.Ordinal));
        Assert.IsType<int>(span.GetTagItem("server.port"));
    }

    /// <summary>The client begins an asynchronous command in its caller's flow of execution, and ends it in another.</summary>
    [Fact]
    public void A_command_under_way_is_not_the_callers_current_span()
    {
        using var request = _spans.App.StartActivity("request");
        using var command = new SqlCommand("SELECT 1", _connection);

        _client.Begin(command);

        Assert.Same(request, Activity.Current);
        _client.End(command);
        Assert.Same(request, Activity.Current);
    }

    [Fact]
    public async Task A_failure_and_a_cancellation_end_it_once_and_only_the_failure_is_the_databases()
    {
        using var failing = new SqlCommand("SELECT 1", _connection);
        using var cancelled = new SqlCommand("SELECT 1", _connection);
        _client.Begin(failing);
        _client.Fail(failing, new TimeoutException());
        _client.Fail(failing, new TimeoutException());
        _client.Begin(cancelled);
        _client.Fail(cancelled, new AggregateException(new TaskCanceledException()));

        Assert.Equal([("System.TimeoutException", ActivityStatusCode.Error), (null, ActivityStatusCode.Unset)], _spans.All.Select(span => (ExportedSpans.Tag(span, "error.type"), span.Status)));
        Assert.Equal(["exception", "cancelled"], _spans.All.Select(span => Assert.Single(span.Events).Name));
        Assert.Equal(1, (await _databases.ScrapeAsync()).Sum("db_query_errors_total"));
    }

    [Fact]
    public async Task Spans_and_counts_agree_over_many_threads()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
                _client.Run(_connection, "SELECT 1");
        })));

        Assert.Equal(800, _spans.All.Select(span => span.SpanId).Distinct().Count());
        Assert.Equal(800, _spans.All.Length);
        Assert.Equal(800, (await _databases.ScrapeAsync()).Sum("db_query_duration_seconds_count", ("system", "mssql")));
    }
}
