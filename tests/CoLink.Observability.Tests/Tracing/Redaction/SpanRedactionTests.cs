using System.Diagnostics;
using CoLink.Observability.Tests.Database;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.Tests.Tracing.Stub;
using CoLink.Observability.Tracing.Redaction;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Tracing.Redaction;

/// <summary>What no exporter shall see, ours or the app's.</summary>
[Collection(nameof(ProcessWide))]
public sealed class SpanRedactionTests
{
    private const string Secret = "hunter2";
    private const string Sql = "SELECT name FROM users WHERE ssn = 'hunter2'";

    private static readonly SpanRedaction Redaction = new(
        text => text.Replace(Secret, "[redacted]", StringComparison.Ordinal),
        (context, path) => context.GetRouteValue("token") is string token ? path.Replace(token, "[redacted]", StringComparison.Ordinal) : path);

    [Fact]
    public async Task Paths_pass_through_the_redaction_and_queries_do_not_stand_on_spans()
    {
        await using var collector = await StubCollector.StartAsync();
        await using (var app = await StartAsync(collector))
        {
            await app.Client.GetStringAsync($"/invitations/{Secret}/accept?code={Secret}&{Secret}=1");
            await app.Client.GetStringAsync("/hello/world?color=blue");
        }

        var paths = collector.Servers().Select(span => span["url.path"]).ToArray();
        Assert.Equal(["/invitations/[redacted]/accept", "/hello/world"], paths);
        Assert.All(collector.Spans, span => Assert.Null(span["url.query"]));
        Assert.All(collector.Servers(), span => Assert.DoesNotContain(span.Texts, text => text.Contains(Secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Texts_of_exceptions_pass_through_it_wherever_they_stand()
    {
        await using var collector = await StubCollector.StartAsync();
        using var jobs = new ActivitySource("MyService.Jobs");
        using var mongo = new FakeMongoDb();
        await using (var app = await StartAsync(collector, new() { ["CoLink:Observability:Tracing:Sources"] = "MyService.*" }))
        {
            (await app.Client.GetAsync("/boom")).Dispose();
            using (var job = jobs.StartActivity("job")!)
            {
                job.AddException(new InvalidOperationException($"outer {Secret}", new InvalidOperationException($"inner {Secret}")));
                job.AddException(new InvalidOperationException("other"), new TagList { { "exception.message", $"given {Secret}" }, { "tries", 3 } });
                job.SetStatus(ActivityStatusCode.Error, $"it was {Secret}");
            }

            using var find = mongo.Begin("find", "shop", "find shop")!;
            find.SetTag("exception.message", $"no {Secret}").SetTag("exception.stacktrace", $"at {Secret}");
        }

        Assert.All(collector.Spans, span => Assert.DoesNotContain(span.Texts, text => text.Contains(Secret, StringComparison.Ordinal)));
        var boom = Assert.Single(collector.Servers()).Events[0].Attributes;
        Assert.Equal("boom with password=[redacted]", boom["exception.message"]);
        var recorded = Assert.Single(collector.Spans, span => span.Name == "job");
        Assert.Equal(["outer [redacted]", "given [redacted]"], recorded.Events.Select(one => one.Attributes["exception.message"]));
        Assert.Contains("inner [redacted]", (string)recorded.Events[0].Attributes["exception.stacktrace"]!);
        Assert.Equal(3L, recorded.Events[1].Attributes["tries"]);
        Assert.Equal("it was [redacted]", recorded.StatusMessage);
        Assert.Equal("no [redacted]", Assert.Single(collector.Spans, span => span.Name == "find shop")["exception.message"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_statement_stands_on_its_span_where_that_is_asked_for_and_who_connects_and_parameters_never(bool recordSql)
    {
        await using var collector = await StubCollector.StartAsync();
        using FakeNpgsql ten = new(), nine = new(isVersion9: true);
        await using (var app = await StartAsync(collector, new() { ["CoLink:Observability:Tracing:RecordSql"] = $"{recordSql}" }))
        {
            using (var command = ten.Begin(Sql, dataSource: "Host=db;Username=app;Database=orders")!)
            {
                command.SetTag("db.query.parameter.ssn", Secret).SetTag("db.operation.parameter.0", Secret);
                for (var i = 1; i < 12; i++)
                    command.SetTag($"db.query.parameter.{i}", Secret);
            }

            using (var command = nine.Begin(Sql, dataSource: "orders")!)
                command.SetTag("db.connection_string", "Host=db;Username=app").SetTag("db.user", "app");
            await app.ScrapeUntilAsync(scrape => scrape.Value("db_query_duration_seconds_count", ("operation", "select")) == 2);
        }

        var spans = collector.Spans.Where(span => span.Source == "Npgsql").ToArray();
        Assert.Equal(2, spans.Length);
        foreach (var span in spans)
        {
            Assert.Equal(recordSql ? Sql : null, span["db.query.text"] ?? span["db.statement"]);
            Assert.Equal("orders", span["db.namespace"] ?? span["db.name"]);
            Assert.DoesNotContain(span.Attributes.Keys, key => key is "db.connection_string" or "db.user" || key.Contains("parameter", StringComparison.Ordinal));
            Assert.DoesNotContain(span.Texts, text => text.Contains("Username", StringComparison.Ordinal));
        }

        Assert.Equal(["orders"], spans.Select(span => span["db.npgsql.data_source"]).OfType<string>());
    }

    /// <summary>The order of the listeners decides who reads first.</summary>
    [Fact]
    public async Task The_operation_of_a_command_is_known_also_where_the_app_has_its_provider_built_before_the_start()
    {
        await using var collector = await StubCollector.StartAsync();
        using var npgsql = new FakeNpgsql();
        await using var app = await StartAsync(collector, map: a => a.Services.GetRequiredService<TracerProvider>());

        npgsql.Run(Sql);

        await app.ScrapeUntilAsync(scrape => scrape.Value("db_query_duration_seconds_count", ("operation", "select")) == 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_exporters_of_the_app_see_what_is_redacted(bool before)
    {
        var seen = new List<string?>();
        using var npgsql = new FakeNpgsql();
        await using (var app = await RunningApp.StartAsync(
            a => a.MapGet("/invitations/{token}", () => "yes"),
            b =>
            {
                b.Services.AddSingleton(Redaction);
                if (before)
                    b.AddCoLinkObservability();
                b.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(new Seen(seen)));
            }))
        {
            npgsql.Run(Sql);
            await app.Client.GetStringAsync($"/invitations/{Secret}?a={Secret}");
        }

        Assert.NotEmpty(seen);
        Assert.DoesNotContain(seen, text => text?.Contains(Secret, StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Where_it_throws_the_text_is_not_shown_the_app_does_not_feel_it_and_the_failure_is_counted()
    {
        await using var collector = await StubCollector.StartAsync();
        using var jobs = new ActivitySource("MyService.Jobs");
        var broken = new SpanRedaction(_ => throw new InvalidOperationException("no"), (_, _) => throw new InvalidOperationException("no"));
        await using (var app = await StartAsync(collector, new() { ["CoLink:Observability:Tracing:Sources"] = "MyService.*" }, broken))
        {
            using (var job = jobs.StartActivity("job")!)
                job.AddException(new InvalidOperationException($"it was {Secret}"));
            await app.HelloAsync();
            await app.ScrapeUntilAsync(scrape => scrape.Value("colink_telemetry_observer_errors_total", ("observer", "tracing")) >= 3);
        }

        var recorded = Assert.Single(collector.Spans, span => span.Name == "job").Events[0].Attributes;
        Assert.Equal("[redacted]", recorded["exception.message"]);
        Assert.Equal("[redacted]", recorded["exception.stacktrace"]);
        Assert.Equal("[redacted]", Assert.Single(collector.Servers())["url.path"]);
    }

    private static Task<RunningApp> StartAsync(
        StubCollector collector, Dictionary<string, string?>? settings = null, SpanRedaction? redaction = null, Action<WebApplication>? map = null) => TracedApp.StartAsync(
        collector, settings: settings,
        app: a =>
        {
            map?.Invoke(a);
            a.MapGet("/invitations/{token}/accept", () => "yes");
        },
        builder: b => b.Services.AddSingleton(redaction ?? Redaction));

    private sealed class Seen(List<string?> seen) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            lock (seen)
                seen.AddRange(data.Kind == ActivityKind.Client && data.Source.Name != "Npgsql" ? [] : data.TagObjects.Select(tag => tag.Value?.ToString()));
        }
    }
}
