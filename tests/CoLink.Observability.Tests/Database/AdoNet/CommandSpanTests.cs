using System.Data;
using System.Data.Common;
using System.Diagnostics;
using CoLink.Observability.Tests.Database.Spans;
using CoLink.Observability.Tests.Support;
using Dapper;
using Microsoft.Data.Sqlite;

namespace CoLink.Observability.Tests.Database.AdoNet;

/// <summary>The spans of a real SQLite behind the wrapper.</summary>
[Collection(nameof(ProcessWide))]
public sealed class CommandSpanTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_way_of_execution_is_one_span_inside_the_current_one(bool isAsync)
    {
        await using var host = await SqliteHost.StartAsync();
        using var spans = new ExportedSpans();
        await using var connection = await host.OpenAsync();
        using var request = spans.App.StartActivity("request");

        await ExecuteAsync(connection, "SELECT b FROM a", isAsync);
        Assert.Same(request, Activity.Current);

        Assert.Equal(["SELECT shop.db", "SELECT shop.db", "SELECT shop.db"], spans.All.Select(span => span.DisplayName));
        Assert.All(spans.All, span =>
        {
            Assert.Equal(ActivityKind.Client, span.Kind);
            Assert.Equal(request!.SpanId, span.ParentSpanId);
            Assert.Equal(ActivityStatusCode.Unset, span.Status);
            Assert.Equal(
                [("db.namespace", "shop.db"), ("db.operation.name", "SELECT"), ("db.system.name", "sqlite")],
                span.TagObjects.Select(tag => (tag.Key, tag.Value?.ToString())).OrderBy(tag => tag.Key, StringComparer.Ordinal));
        });
    }

    [Fact]
    public async Task A_reader_lasts_until_it_is_closed_and_what_the_app_does_meanwhile_is_not_inside()
    {
        await using var host = await SqliteHost.StartAsync();
        using var spans = new ExportedSpans();
        await using var connection = await host.OpenAsync();
        using var request = spans.App.StartActivity("request");
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT b FROM a";

        var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            using var work = spans.App.StartActivity("work");
            Assert.Equal(request!.SpanId, work!.ParentSpanId);
        }

        Assert.Empty(spans.All);
        await reader.DisposeAsync();
        await reader.DisposeAsync();

        Assert.Single(spans.All);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_that_is_still_open_ends_with_its_connection_once(bool isDisposed)
    {
        await using var host = await SqliteHost.StartAsync();
        using var spans = new ExportedSpans();
        var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT b FROM a";
        var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();

        if (isDisposed)
            await connection.DisposeAsync();
        else
            await connection.CloseAsync();
        Assert.Single(spans.All);

        await reader.DisposeAsync();
        await connection.DisposeAsync();
        Assert.Single(spans.All);
        Assert.Equal(1, SqliteHost.Count(await host.App.ScrapeAsync(), "select"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_ends_it_once_with_the_drivers_code(bool isAsync)
    {
        await using var host = await SqliteHost.StartAsync();
        using var spans = new ExportedSpans();
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO a VALUES (1, 1)";

        _ = isAsync ? await Assert.ThrowsAsync<SqliteException>(() => command.ExecuteNonQueryAsync()) : Assert.Throws<SqliteException>(() => command.ExecuteNonQuery());

        var span = spans.Only;
        Assert.Equal((ActivityStatusCode.Error, "19"), (span.Status, span.StatusDescription));
        Assert.Equal("19", ExportedSpans.Tag(span, "error.type"));
        Assert.Equal("exception", Assert.Single(span.Events).Name);
        Assert.Equal(1, SqliteHost.Errors(await host.App.ScrapeAsync(), "insert"));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_fails_the_readers_span()
    {
        await using var host = await SqliteHost.StartAsync();
        using var spans = new ExportedSpans();
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT abs(CASE id WHEN 2 THEN -9223372036854775807 - 1 ELSE 1 END) FROM a ORDER BY id";

        await using (var reader = await command.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            await Assert.ThrowsAsync<SqliteException>(() => reader.ReadAsync());
        }

        Assert.Equal(ActivityStatusCode.Error, spans.Only.Status);
    }

    [Fact]
    public async Task A_cancelled_command_says_so_and_is_no_failure()
    {
        await using var host = await SqliteHost.StartAsync();
        using var spans = new ExportedSpans();
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1";

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command.ExecuteScalarAsync(new CancellationToken(canceled: true)));

        Assert.Equal(ActivityStatusCode.Unset, spans.Only.Status);
        Assert.Equal("cancelled", Assert.Single(spans.Only.Events).Name);
        Assert.Equal(0, SqliteHost.Errors(await host.App.ScrapeAsync(), "select"));
    }

    [Fact]
    public async Task Parameters_and_statements_are_not_shown()
    {
        await using var host = await SqliteHost.StartAsync();
        using var spans = new ExportedSpans();
        await using var connection = await host.OpenAsync();

        await connection.QueryAsync<int>("SELECT b FROM a WHERE b = @secret OR 'hunter2' = ''", new { secret = 4711 });

        Assert.DoesNotContain(spans.Only.TagObjects, tag => tag.Value?.ToString() is { } text && (text.Contains("4711", StringComparison.Ordinal) || text.Contains("hunter2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_exemplar_leads_to_the_commands_own_span()
    {
        await using var host = await SqliteHost.StartAsync();
        using var spans = new ExportedSpans();
        await using var connection = await host.OpenAsync();
        using (spans.App.StartActivity("request"))
            await connection.ExecuteScalarAsync<int>("SELECT 1");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.ParseAdd("application/openmetrics-text");
        var text = await (await host.App.Client.SendAsync(request)).Content.ReadAsStringAsync();

        Assert.Contains($"span_id=\"{spans.Only.SpanId}\"", text, StringComparison.Ordinal);
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql, bool isAsync)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (isAsync)
        {
            await command.ExecuteNonQueryAsync();
            await command.ExecuteScalarAsync();
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default);
            await reader.ReadAsync();
        }
        else
        {
            command.ExecuteNonQuery();
            command.ExecuteScalar();
            using var reader = command.ExecuteReader();
            reader.Read();
        }
    }
}
