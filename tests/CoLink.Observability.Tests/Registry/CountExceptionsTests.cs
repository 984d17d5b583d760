using System.Runtime.ExceptionServices;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Tests.Registry;

public sealed class CountExceptionsTests
{
    private readonly CounterSeries _failures = TestRegistry.New().Metrics.Counter("shop_payment_failures_total", "Payments that failed.").With();

    [Fact]
    public async Task An_exception_is_counted_and_goes_on_as_it_was()
    {
        var thrown = new InvalidOperationException("no money");

        Assert.Same(thrown, Record.Exception(() => _failures.CountExceptions(() => Throw(thrown))));
        Assert.Same(thrown, await Record.ExceptionAsync(() => _failures.CountExceptions(() => Task.FromException(thrown))));
        Assert.Same(thrown, await Record.ExceptionAsync(() => _failures.CountExceptions(Later)));
        Assert.Same(thrown, await Record.ExceptionAsync(() => _failures.CountExceptions(() => Task.FromException<int>(thrown))));

        Assert.Equal(4, _failures.Value);

        async Task Later()
        {
            await Task.Yield();
            Throw(thrown);
        }
    }

    [Fact]
    public async Task Work_that_ends_well_counts_nothing_and_its_result_is_returned()
    {
        var result = 0;
        _failures.CountExceptions(() => result = 1);
        await _failures.CountExceptions(() => Task.CompletedTask);

        Assert.Equal((1, 42), (result, await _failures.CountExceptions(() => Task.FromResult(42))));
        Assert.Equal(0, _failures.Value);
    }

    [Fact]
    public async Task Only_what_the_filter_takes_is_counted()
    {
        static bool IsTimeout(Exception exception) => exception is TimeoutException;

        Assert.Throws<InvalidOperationException>(() => _failures.CountExceptions(() => Throw(new InvalidOperationException()), IsTimeout));
        await Assert.ThrowsAsync<OperationCanceledException>(() => _failures.CountExceptions(() => throw new OperationCanceledException(), IsTimeout));
        Assert.Equal(0, _failures.Value);
        await Assert.ThrowsAsync<TimeoutException>(() => _failures.CountExceptions(() => Task.FromException<int>(new TimeoutException()), IsTimeout));
        Assert.Equal(1, _failures.Value);
    }

    [Fact]
    public void A_filter_that_throws_counts_nothing_and_hides_nothing()
    {
        Assert.Throws<TimeoutException>(() => _failures.CountExceptions(() => Throw(new TimeoutException()), _ => throw new InvalidOperationException()));

        Assert.Equal(0, _failures.Value);
    }

    /// <summary>It is an exception once, also to dotnet_exceptions_total and to a debugger.</summary>
    [Fact]
    public void It_is_not_thrown_a_second_time()
    {
        var (thrown, thread) = (0, Environment.CurrentManagedThreadId);
        EventHandler<FirstChanceExceptionEventArgs> count = (_, _) => thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;
        AppDomain.CurrentDomain.FirstChanceException += count;
        try
        {
            _failures.CountExceptions(() => Throw(new TimeoutException()));
        }
        catch (TimeoutException)
        {
            // Thrown once, by the work.
        }

        AppDomain.CurrentDomain.FirstChanceException -= count;
        Assert.Equal(1, thrown);
    }

    /// <summary>An async lambda must not be taken for an action: as async void its exception would end the process.</summary>
    [Fact]
    public async Task An_async_lambda_is_awaited()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _failures.CountExceptions(async () =>
        {
            await Task.Yield();
            throw new TimeoutException();
        }));

        Assert.Equal(1, _failures.Value);
    }

    private static void Throw(Exception exception) => throw exception;
}
