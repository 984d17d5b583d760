using System.Collections.Concurrent;
using System.Diagnostics;
using CoLink.Observability.Business;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Business;

/// <summary>What an operation is to a trace.</summary>
[Collection(nameof(ProcessWide))]
public sealed class OperationSpanTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly TestRegistry _registry = TestRegistry.New();
    private readonly Operations _operations;
    private readonly ActivityListener _listener;

    public OperationSpanTests()
    {
        _operations = new Operations(_registry.Metrics, NullLogger<Operations>.Instance, TimeProvider.System);
        _listener = Listen(ActivitySamplingResult.AllDataAndRecorded);
    }

    public void Dispose()
    {
        _listener.Dispose();
        ((IDisposable)_operations).Dispose();
    }

    [Fact]
    public void A_success_is_a_span_of_its_name_with_every_key()
    {
        _operations.Declare("checkout", MetricLabel.OneOf("plan", "free", "pro"));
        using (var operation = _operations.Start("checkout"))
        {
            operation.Set("plan", "pro");
            operation.Set("order_id", 4711);
            operation.Complete();
        }

        var span = Assert.Single(_spans);
        Assert.Equal(("checkout", ActivityKind.Internal, ActivityStatusCode.Unset), (span.OperationName, span.Kind, span.Status));
        Assert.Equal([("plan", (object)"pro"), ("order_id", 4711), ("outcome", "success")], span.TagObjects.Select(tag => (tag.Key, tag.Value!)));
        Assert.Empty(span.Events);
    }

    [Fact]
    public async Task A_duration_leads_to_the_operations_span_also_where_it_ends_inside_another()
    {
        var operation = _operations.Start("checkout");
        using var inside = new Activity("inside") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        operation.Dispose();

        var durations = (await _registry.ReadAsync(openMetrics: true)).Family(BusinessCatalogue.OperationDuration.Name);
        var exemplar = Assert.Single(durations.Samples, sample => sample.Exemplar is not null).Exemplar!;
        Assert.Contains(("span_id", Assert.Single(_spans).SpanId.ToHexString()), exemplar.Labels);
    }

    [Fact]
    public async Task An_exception_stands_on_the_span_with_its_type_and_message()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _operations.RunAsync("checkout", _ => throw new TimeoutException("no answer")));

        var span = Assert.Single(_spans);
        Assert.Equal((ActivityStatusCode.Error, "no answer"), (span.Status, span.StatusDescription));
        Assert.Equal("System.TimeoutException", span.GetTagItem("error.type"));
        Assert.Equal("failure", span.GetTagItem("outcome"));
        var tags = Assert.Single(span.Events).Tags.ToDictionary(tag => tag.Key, tag => tag.Value);
        Assert.Equal(("System.TimeoutException", "no answer"), (tags["exception.type"], tags["exception.message"]));
        Assert.Contains(nameof(An_exception_stands_on_the_span_with_its_type_and_message), (string)tags["exception.stacktrace"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_without_an_exception_is_an_error_and_one_without_a_word_says_what_is_missing()
    {
        using (var operation = _operations.Start("checkout"))
            operation.Fail();
        _operations.Start("checkout").Dispose();

        Assert.Equal([(ActivityStatusCode.Error, null), (ActivityStatusCode.Error, "Disposed without Complete()")], _spans.Select(span => (span.Status, span.StatusDescription)));
    }

    [Fact]
    public async Task Spans_nest_as_the_operations_do_across_awaits_and_leave_nothing_current()
    {
        using var outer = new Activity("request").Start();
        await _operations.RunAsync("checkout", async _ =>
        {
            await Task.Yield();
            using var inner = _operations.Start("payment");
            await Task.Yield();
            inner.Complete();
        });
        using (_operations.Start("delivery"))
            Assert.Equal("delivery", Activity.Current?.OperationName);
        Assert.Same(outer, Activity.Current);

        var spans = _spans.ToDictionary(span => span.OperationName);
        Assert.Equal(outer.SpanId, spans["checkout"].ParentSpanId);
        Assert.Equal(spans["checkout"].SpanId, spans["payment"].ParentSpanId);
        Assert.Equal(outer.SpanId, spans["delivery"].ParentSpanId);
    }

    [Fact]
    public async Task The_duration_leads_to_the_sampled_span()
    {
        using (var operation = _operations.Start("checkout"))
            operation.Complete();

        var span = Assert.Single(_spans);
        Assert.Contains($"trace_id=\"{span.TraceId}\",span_id=\"{span.SpanId}\"", await _registry.TextAsync(openMetrics: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_span_that_is_not_sampled_is_given_nothing_and_a_listener_that_wants_none_gets_none()
    {
        _listener.Dispose();
        using (Listen(ActivitySamplingResult.None))
        using (_operations.Start("checkout"))
            Assert.Null(Activity.Current);
        using (Listen(ActivitySamplingResult.PropagationData))
        using (var operation = _operations.Start("payment"))
            operation.Set("order_id", 4711);

        Assert.DoesNotContain(Assert.Single(_spans).TagObjects, tag => tag.Key == "order_id");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listener_that_throws_costs_the_span_and_not_the_operation(bool atStart)
    {
        _listener.Dispose();
        using var broken = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "CoLink.Observability",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _ => Break(atStart),
            ActivityStopped = _ => Break(!atStart),
        };
        ActivitySource.AddActivityListener(broken);

        using (var operation = _operations.Start("checkout"))
            operation.Complete();

        Assert.Null(Activity.Current);
        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("operations_total", ("operation", "checkout"), ("outcome", "success")));
        Assert.Equal(1, scrape.Value("colink_telemetry_observer_errors_total", ("observer", Observers.Business)));

        static void Break(bool now)
        {
            if (now)
                throw new InvalidOperationException("no span");
        }
    }

    [Fact]
    public void A_host_that_has_ended_speaks_no_more()
    {
        ((IDisposable)_operations).Dispose();
        _operations.Start("checkout").Dispose();

        Assert.Empty(_spans);
    }

    private ActivityListener Listen(ActivitySamplingResult result)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "CoLink.Observability",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => result,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
