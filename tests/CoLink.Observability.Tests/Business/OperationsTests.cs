using CoLink.Observability.Business;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using CoLink.Observability.Tests.Registry;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Business;

/// <summary>What an operation is to the metrics.</summary>
public sealed class OperationsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestRegistry _registry;
    private readonly LoggerFactory _loggers;
    private readonly Operations _operations;

    public OperationsTests()
    {
        _registry = TestRegistry.New(limit: 50, time: _time);
        _loggers = new LoggerFactory([_registry.Logs]);
        _operations = new Operations(_registry.Metrics, _loggers.CreateLogger<Operations>(), _time);
    }

    public void Dispose()
    {
        ((IDisposable)_operations).Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task A_completed_operation_is_a_success_with_its_duration()
    {
        using (var operation = _operations.Start("checkout"))
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            operation.Complete();
        }

        await CountsAre("checkout", success: 1, failure: 0);
        Assert.Equal(0.25, (await _registry.ScrapeAsync()).Value("operation_duration_seconds_sum", ("operation", "checkout"), ("outcome", "success")));
    }

    [Fact]
    public async Task One_that_is_disposed_without_complete_is_a_failure()
    {
        _operations.Start("checkout").Dispose();
        Assert.Throws<TimeoutException>(() =>
        {
            using var operation = _operations.Start("checkout");
            Throw();
            operation.Complete();
        });

        await CountsAre("checkout", success: 0, failure: 2);

        static void Throw() => throw new TimeoutException();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fail_wins_over_complete_in_whatever_order(bool failFirst)
    {
        using (var operation = _operations.Start("checkout"))
        {
            if (failFirst)
                operation.Fail();
            operation.Complete();
            if (!failFirst)
                operation.Fail(new TimeoutException());
        }

        await CountsAre("checkout", success: 0, failure: 1);
    }

    [Fact]
    public async Task Work_that_is_run_is_a_success_where_it_returns_and_a_failure_where_it_throws_or_says_so()
    {
        Assert.Equal(42, await _operations.RunAsync("checkout", _ => Task.FromResult(42)));
        await _operations.RunAsync("checkout", async _ => await Task.Yield());
        await CountsAre("checkout", success: 2, failure: 0);

        var thrown = new TimeoutException();
        Assert.Same(thrown, await Record.ExceptionAsync(() => _operations.RunAsync("checkout", _ => throw thrown)));
        Assert.Same(thrown, await Record.ExceptionAsync(() => _operations.RunAsync("checkout", _ => Task.FromException<int>(thrown))));
        await _operations.RunAsync("checkout", operation =>
        {
            operation.Fail();
            return Task.CompletedTask;
        });
        await CountsAre("checkout", success: 2, failure: 3);
    }

    [Fact]
    public async Task Disposed_twice_it_counts_once_and_what_comes_after_reaches_nobody_elses()
    {
        var first = _operations.Start("checkout");
        first.Dispose();
        using (var second = _operations.Start("checkout"))
        {
            first.Dispose();
            first.Fail();
            first.Set("plan", "pro");
            second.Complete();
        }

        first.Complete();
        first.Dispose();
        default(Operation).Dispose();
        default(Operation).Fail(new TimeoutException());
        await CountsAre("checkout", success: 1, failure: 1);
    }

    [Fact]
    public async Task Both_outcomes_are_at_0_from_the_start_of_the_first()
    {
        var running = _operations.Start("checkout");

        await CountsAre("checkout", success: 0, failure: 0);
        running.Dispose();
    }

    [Fact]
    public async Task Nested_and_concurrent_operations_are_each_counted()
    {
        const int Workers = 16, Times = 200;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => _operations.RunAsync("batch", async _ =>
        {
            for (var i = 0; i < Times; i++)
            {
                using var operation = _operations.Start("item");
                await Task.Yield();
                if (i % 2 == 0)
                    operation.Complete();
            }
        })));

        await CountsAre("batch", success: Workers, failure: 0);
        await CountsAre("item", success: Workers * Times / 2, failure: Workers * Times / 2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Check Out")]
    [InlineData("order-4711")]
    [InlineData("checkout\n")]
    public async Task A_name_that_breaks_the_rule_is_other_and_is_told_once(string? name)
    {
        for (var i = 0; i < 3; i++)
            _operations.Start(name!).Dispose();

        await CountsAre("_other", success: 0, failure: 3);
        Assert.Equal(3, (await _registry.ScrapeAsync()).Value("colink_telemetry_label_values_refused_total", ("metric", "operations_total")));
        var line = Assert.Single(_registry.Logs.Of(260));
        Assert.Equal($"An operation was started under the name '{name?.Replace('\n', '?')}': use snake case, a lower-case letter first, then letters, digits and single underscores. Such operations are recorded as _other. What tells one from another belongs into Operation.Set, not into the name.", line.Message);
    }

    [Fact]
    public async Task Names_beyond_the_cap_are_other()
    {
        for (var i = 0; i < 200; i++)
            _operations.Start($"order_{i}").Dispose();

        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(200, scrape.Sum("operations_total"));
        Assert.InRange(scrape.All("operations_total").Count(), 50, 52);
        Assert.Equal(175, scrape.Value("operations_total", ("operation", "_other"), ("outcome", "failure")));
        Assert.Contains("operations_total has reached its cap", await _registry.WarningAsync(100), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_names_its_operations_well_has_no_other()
    {
        _operations.Start("checkout").Dispose();

        Assert.Empty((await _registry.ScrapeAsync()).All("operations_total", ("operation", "_other")));
    }

    [Fact]
    public void Without_a_listener_and_a_log_an_operation_allocates_nothing()
    {
        using var loggers = new LoggerFactory();
        using IDisposable owner = new Operations(_registry.Metrics, loggers.CreateLogger<Operations>(), TimeProvider.System);
        var operations = (Operations)owner;
        operations.Declare("checkout", MetricLabel.OneOf("plan", "free", "pro"));
        Run(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_096);

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
            {
                using var operation = operations.Start("checkout");
                operation.Set("plan", "pro");
                operation.Set("order_id", "4711");
                operation.Complete();
            }
        }
    }

    private async Task CountsAre(string operation, double success, double failure)
    {
        var scrape = await _registry.ScrapeAsync();
        Assert.Equal(
            (success, failure),
            (scrape.Value("operations_total", ("operation", operation), ("outcome", "success")), scrape.Value("operations_total", ("operation", operation), ("outcome", "failure"))));
        Assert.Equal(success + failure, scrape.Sum("operation_duration_seconds_count", ("operation", operation)));
    }
}
