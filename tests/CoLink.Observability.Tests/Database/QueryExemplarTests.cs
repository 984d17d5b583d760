using System.Diagnostics;
using CoLink.Observability.Database;
using CoLink.Observability.Tests.Registry;

namespace CoLink.Observability.Tests.Database;

public sealed class QueryExemplarTests
{
    [Fact]
    public async Task Each_bucket_shows_its_first_span_after_a_scrape()
    {
        var registry = TestRegistry.New();
        var metrics = new DatabaseMetrics(registry.Metrics);
        var (first, second, slow) = (Span("first"), Span("second"), Span("slow"));

        metrics.Command(DbSystem.PostgreSql, DbOperation.Select, 0.003, first);
        metrics.Command(DbSystem.PostgreSql, DbOperation.Select, 0.003, second);
        metrics.Command(DbSystem.PostgreSql, DbOperation.Select, 60, slow);
        Assert.Equal("first slow", await ShownAsync(registry, first, second, slow));
        Assert.Equal("first slow", await ShownAsync(registry, first, second, slow));

        metrics.Command(DbSystem.PostgreSql, DbOperation.Select, 0.003, second);
        Assert.Equal("second slow", await ShownAsync(registry, first, second, slow));
    }

    [Fact]
    public async Task A_command_outside_of_a_span_takes_no_exemplar_from_one_inside()
    {
        var registry = TestRegistry.New();
        var metrics = new DatabaseMetrics(registry.Metrics);
        var span = Span("inside");

        metrics.Command(DbSystem.PostgreSql, DbOperation.Select, 0.003, null);
        metrics.Command(DbSystem.PostgreSql, DbOperation.Select, 0.003, span);

        Assert.Equal("inside", await ShownAsync(registry, span));
    }

    private static Activity Span(string name)
    {
        using var span = new Activity(name).SetIdFormat(ActivityIdFormat.W3C).Start();
        return span;
    }

    private static async Task<string> ShownAsync(TestRegistry registry, params Activity[] spans)
    {
        var text = await registry.TextAsync(openMetrics: true);
        return string.Join(' ', spans.Where(span => text.Contains($"span_id=\"{span.SpanId}\"", StringComparison.Ordinal)).Select(span => span.OperationName));
    }
}
