using System.Reflection;
using StackExchange.Redis;

namespace CoLink.Observability.Benchmarks.Redis;

/// <summary>A database that answers every read with one value, at once.</summary>
public class StubDatabase : DispatchProxy
{
    private static readonly object Value = (RedisValue)"value";
    private static readonly Task<RedisValue> Answer = Task.FromResult((RedisValue)"value");

    internal static IDatabase New() => Create<IDatabase, StubDatabase>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.ReturnType == typeof(RedisValue) ? Value : Answer;
}
