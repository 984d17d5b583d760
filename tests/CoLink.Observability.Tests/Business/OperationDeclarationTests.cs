using CoLink.Observability.Business;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Business;

/// <summary>Operations with labels of their own.</summary>
public sealed class OperationDeclarationTests : IDisposable
{
    private static readonly MetricLabel Plan = MetricLabel.OneOf("plan", "free", "pro");

    private readonly TestRegistry _registry = TestRegistry.New(limit: 40);
    private readonly Operations _operations;

    public OperationDeclarationTests() => _operations = new Operations(_registry.Metrics, NullLogger<Operations>.Instance, TimeProvider.System);

    public void Dispose() => ((IDisposable)_operations).Dispose();

    [Fact]
    public async Task Declared_it_is_there_at_0_with_both_outcomes_and_every_value()
    {
        _operations.Declare("checkout", Plan);
        _operations.Declare("refund");

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(4, scrape.All("operations_total").Count());
        Assert.Equal(
            ["free failure", "free success", "pro failure", "pro success", "unset failure", "unset success"],
            scrape.All("checkout_operations_total").Select(sample => $"{sample.Labels["plan"]} {sample.Labels["outcome"]}").Order(StringComparer.Ordinal));
        Assert.Equal(0, scrape.Sum("operations_total") + scrape.Sum("checkout_operations_total"));
        Assert.DoesNotContain("refund_operations_total", scrape.Text, StringComparison.Ordinal);
        Assert.Contains("# HELP checkout_operations_total Operations called checkout, by their own labels and how they ended.\n", scrape.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_declared_key_is_a_label_and_another_one_is_not()
    {
        _operations.Declare("checkout", Plan, "country");
        using (var operation = _operations.Start("checkout"))
        {
            operation.Set("plan", "free");
            operation.Set("plan", "pro");
            operation.Set("country", "de");
            operation.Set("order_id", 4711);
            operation.Complete();
        }

        _operations.Start("checkout").Dispose();

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("checkout_operations_total", ("plan", "pro"), ("country", "de"), ("outcome", "success")));
        Assert.Equal(0, scrape.Value("checkout_operations_total", ("plan", "pro"), ("country", "de"), ("outcome", "failure")));
        Assert.Equal(1, scrape.Value("checkout_operations_total", ("plan", "unset"), ("country", "unset"), ("outcome", "failure")));
        Assert.Equal(1, scrape.Value("checkout_operation_duration_seconds_count", ("plan", "pro"), ("country", "de"), ("outcome", "success")));
        Assert.Equal((1.0, 1.0), (scrape.Value("operations_total", ("outcome", "success")), scrape.Value("operations_total", ("outcome", "failure"))));
        Assert.DoesNotContain("4711", scrape.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("order_id", scrape.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_the_declaration_does_not_name_is_other_and_an_open_one_is_capped()
    {
        _operations.Declare("checkout", Plan);
        _operations.Declare("delivery", "country");
        End("checkout", "plan", "gold");
        for (var i = 0; i < 200; i++)
            End("delivery", "country", $"{i}");

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("checkout_operations_total", ("plan", "_other"), ("outcome", "failure")));
        Assert.Equal(200, scrape.Sum("delivery_operations_total"));
        Assert.InRange(scrape.All("delivery_operations_total").Count(), 40, 42);
    }

    [Fact]
    public async Task Values_are_written_as_text_that_is_the_same_everywhere()
    {
        _operations.Declare("checkout", "kind");
        foreach (var value in (object?[])[true, 1.5, null, DayOfWeek.Monday])
            End("checkout", "kind", value);

        var kinds = (await _registry.ScrapeAsync()).All("checkout_operations_total", ("outcome", "failure")).Select(sample => sample.Labels["kind"]);
        Assert.Equal(["1.5", "Monday", "true", "unset"], kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_value_that_cannot_be_written_costs_the_label_and_an_error_not_the_operation()
    {
        _operations.Declare("checkout", "kind");

        End("checkout", "kind", new Unwritable());

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(1, scrape.Value("checkout_operations_total", ("kind", "unset"), ("outcome", "failure")));
        Assert.Equal(1, scrape.Value("colink_telemetry_observer_errors_total", ("observer", Observers.Business)));
    }

    [Fact]
    public async Task More_combinations_than_half_the_cap_begin_with_their_first()
    {
        _operations.Declare("checkout", MetricLabel.OneOf("size", [.. Enumerable.Range(0, 30).Select(i => $"{i}")]));

        Assert.Empty((await _registry.ScrapeAsync()).All("checkout_operations_total"));
        End("checkout", "size", 7);
        Assert.Equal(2, (await _registry.ScrapeAsync()).All("checkout_operations_total", ("size", "7")).Count());
    }

    [Fact]
    public async Task Started_before_it_was_declared_it_keeps_its_count()
    {
        _operations.Start("checkout").Dispose();
        _operations.Declare("checkout", Plan);
        _operations.Declare("checkout", Plan);
        End("checkout", "plan", "pro");

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(2, scrape.Value("operations_total", ("operation", "checkout"), ("outcome", "failure")));
        Assert.Equal(1, scrape.Value("checkout_operations_total", ("plan", "pro"), ("outcome", "failure")));
    }

    [Theory]
    [InlineData("Check Out", "plan", "Operation 'Check Out' is not a valid name: use snake case, a lower-case letter first, then letters, digits and single underscores. (Parameter 'name')")]
    [InlineData(null, "plan", "Operation '' is not a valid name: use snake case, a lower-case letter first, then letters, digits and single underscores. (Parameter 'name')")]
    [InlineData("checkout", "outcome", "Operation 'checkout' has a label 'outcome', which every operation has: leave it out. (Parameter 'labels')")]
    [InlineData("checkout", "operation", "Operation 'checkout' has a label 'operation', which every operation has: leave it out. (Parameter 'labels')")]
    [InlineData("checkout", "trace_id", "Metric 'checkout_operations_total' has a label 'trace_id', which is reserved: it is set by the scrape, or it is an id that would make a series a request.")]
    [InlineData("colink", "plan", "Metric 'colink_operations_total' is the platform's name: give the operation another one.")]
    public void A_declaration_that_breaks_a_rule_says_which(string? name, string label, string error) =>
        Assert.Equal(error, Assert.Throws<ArgumentException>(() => _operations.Declare(name!, label)).Message);

    [Fact]
    public void A_second_declaration_must_say_the_same()
    {
        _operations.Declare("checkout", Plan);

        var error = Assert.Throws<ArgumentException>(() => _operations.Declare("checkout"));
        Assert.Equal("Operation 'checkout' is declared with the labels [], but it was declared with [plan (free, pro)]. (Parameter 'labels')", error.Message);
    }

    private void End(string operation, string key, object? value)
    {
        using var running = _operations.Start(operation);
        running.Set(key, value);
    }

    private sealed class Unwritable
    {
        public override string ToString() => throw new InvalidOperationException("no text");
    }
}
