using System.Collections.Concurrent;
using CoLink.Observability.Business;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Business;

/// <summary>What an operation is to the log.</summary>
public sealed class OperationScopeTests : IDisposable
{
    private readonly ScopedLines _lines = new();

    public void Dispose() => _lines.Dispose();

    [Fact]
    public async Task Every_line_inside_carries_the_keys_set_so_far_and_those_outside_none()
    {
        await using var app = await StartAsync();
        var (operations, logger) = (app.Services.GetRequiredService<Operations>(), app.Services.GetRequiredService<ILogger<OperationScopeTests>>());
        operations.Declare("checkout", MetricLabel.OneOf("plan", "free", "pro"));

        Write(logger, "before");
        using (var operation = operations.Start("checkout"))
        {
            Write(logger, "started");
            operation.Set("plan", "pro");
            await AddAsync(operation);
            Write(logger, "said");
            operation.Set("order_id", 4712);
            await Task.Yield();
            Write(logger, "corrected");
        }

        Write(logger, "after");

        Assert.Equal("", _lines["before"]);
        Assert.Equal("operation:checkout", _lines["started"]);
        Assert.Equal("operation:checkout plan:pro order_id:4711", _lines["said"]);
        Assert.Equal("operation:checkout plan:pro order_id:4712", _lines["corrected"]);
        Assert.Equal("", _lines["after"]);

        static async Task AddAsync(Operation operation)
        {
            await Task.Yield();
            operation.Set("order_id", 4711);
        }
    }

    [Fact]
    public async Task Nested_operations_are_nested_scopes_and_one_that_is_run_leaves_none_behind()
    {
        await using var app = await StartAsync();
        var (operations, logger) = (app.Services.GetRequiredService<Operations>(), app.Services.GetRequiredService<ILogger<OperationScopeTests>>());

        await operations.RunAsync("checkout", async _ =>
        {
            await operations.RunAsync("payment", async payment =>
            {
                await Task.Yield();
                payment.Set("card", "visa");
                Write(logger, "inner");
            });
            Write(logger, "outer");
        });
        Write(logger, "after");

        Assert.Equal(("operation:checkout, operation:payment card:visa", "operation:checkout", ""), (_lines["inner"], _lines["outer"], _lines["after"]));
    }

    /// <summary>What runs an operation is used again; its keys are not.</summary>
    [Fact]
    public async Task Work_that_outlives_its_operation_still_logs_under_it_and_not_under_the_next()
    {
        await using var app = await StartAsync();
        var (operations, logger) = (app.Services.GetRequiredService<Operations>(), app.Services.GetRequiredService<ILogger<OperationScopeTests>>());
        var later = new TaskCompletionSource();
        Task straggler;
        using (var first = operations.Start("checkout"))
        {
            first.Set("order_id", 1);
            straggler = LogLater();
        }

        using (var second = operations.Start("checkout"))
        {
            second.Set("order_id", 2);
            later.SetResult();
            await straggler;
        }

        Assert.Equal("operation:checkout order_id:1", _lines["straggler"]);

        async Task LogLater()
        {
            await later.Task;
            Write(logger, "straggler");
        }
    }

    [Fact]
    public void A_key_is_set_while_lines_are_written()
    {
        var keys = new OperationKeys("checkout");
        Parallel.For(0, 2_000, i =>
        {
            keys.Set($"key_{i % 20}", i);
            Assert.All(keys, pair => Assert.NotNull(pair.Key));
            Assert.NotEmpty(keys.ToString());
        });

        Assert.Equal(21, keys.Count);
        Assert.Equal(new KeyValuePair<string, object?>("operation", "checkout"), keys[0]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("operation")]
    [InlineData("outcome")]
    public async Task A_key_without_a_name_or_with_a_name_that_it_has_anyway_is_ignored(string? key)
    {
        await using var app = await StartAsync();
        using var operation = app.Services.GetRequiredService<Operations>().Start("checkout");

        operation.Set(key!, "x");

        Write(app.Services.GetRequiredService<ILogger<OperationScopeTests>>(), "line");
        Assert.Equal("operation:checkout", _lines["line"]);
    }

    private Task<RunningApp> StartAsync() => RunningApp.StartAsync(builder: b => b.Logging.AddProvider(_lines));

    private static void Write(ILogger logger, string message) => logger.LogInformation("{Line}", message);

    /// <summary>Keeps each line's scopes, as they are when it is written.</summary>
    private sealed class ScopedLines : ILoggerProvider, ISupportExternalScope
    {
        private readonly ConcurrentDictionary<string, string> _scopes = new();
        private IExternalScopeProvider _provider = new LoggerExternalScopeProvider();

        public string this[string message] => _scopes[message];

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _provider = scopeProvider;

        public ILogger CreateLogger(string categoryName) => new Logger(this);

        public void Dispose()
        {
        }

        private sealed class Logger(ScopedLines lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => lines._provider.Push(state);

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                List<string> scopes = [];
                lines._provider.ForEachScope(
                    static (scope, found) =>
                    {
                        if (scope is OperationKeys keys)
                            found.Add(keys.ToString());
                    },
                    scopes);
                lines._scopes[formatter(state, exception)] = string.Join(", ", scopes);
            }
        }
    }
}
