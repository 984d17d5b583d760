using System.Reflection;
using StackExchange.Redis;

namespace CoLink.Observability.Benchmarks.Redis;

/// <summary>Counts the same with what .NET has for the purpose: arguments in an array, values boxed, the method called by reflection.</summary>
public class DispatchedDatabase : DispatchProxy
{
    private IDatabase? _inner;
    private long _hits;
    private long _misses;

    internal static IDatabase Over(IDatabase inner)
    {
        var database = Create<IDatabase, DispatchedDatabase>();
        ((DispatchedDatabase)database)._inner = inner;
        return database;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var answer = targetMethod!.Invoke(_inner, args);
        if (answer is RedisValue value)
            Count(value);
        else if (answer is Task<RedisValue> task)
            _ = task.ContinueWith(static (done, counts) => ((DispatchedDatabase)counts!).Count(done.GetAwaiter().GetResult()), this, CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return answer;
    }

    private void Count(RedisValue value) => Interlocked.Increment(ref value.IsNull ? ref _misses : ref _hits);
}
