using System.Reflection;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Reads;

/// <summary>
/// The reads: commands that ask for the value of a key and say by an empty answer that it is not there. What answers with a number, a
/// set or a page of something says no such thing, and is not counted; nor is what runs by <c>Execute</c> or in a script.
/// </summary>
internal static class CountedCommands
{
    private const string Async = "Async";

    private static readonly string[] Names =
    [
        "StringGet", "StringGetLease", "StringGetWithExpiry", "StringGetDelete", "StringGetSetExpiry",

        // They write as well, but what was there before is asked for and answered, and the server counts it.
        "StringGetSet", "StringSetAndGet",

        "HashGet", "HashGetLease", "HashGetAll",
        "HashFieldGetAndDelete", "HashFieldGetAndSetExpiry", "HashFieldGetLeaseAndDelete", "HashFieldGetLeaseAndSetExpiry",
    ];

    /// <summary>The method of <see cref="CountedReads"/> that counts the answers of a command; null where it is no read.</summary>
    public static MethodInfo? CounterOf(MethodInfo command)
    {
        var name = command.Name.EndsWith(Async, StringComparison.Ordinal) ? command.Name[..^Async.Length] : command.Name;
        var parameters = command.GetParameters();
        if (!Names.Contains(name) || parameters.Length == 0 || parameters[^1].ParameterType != typeof(CommandFlags))
            return null;
        var answer = command.ReturnType.IsGenericType && command.ReturnType.GetGenericTypeDefinition() == typeof(Task<>) ? command.ReturnType.GetGenericArguments()[0] : command.ReturnType;
        var counter = Counter(answer, parameters[0].ParameterType);
        return counter is null ? null : typeof(CountedReads).GetMethod(counter, [command.ReturnType, typeof(CommandFlags)]);
    }

    private static string? Counter(Type answer, Type asked)
    {
        if (answer == typeof(RedisValue))
            return nameof(CountedReads.Value);
        if (answer == typeof(RedisValue[]))
            return asked == typeof(RedisKey[]) ? nameof(CountedReads.Each) : nameof(CountedReads.Any);
        if (answer == typeof(Lease<byte>))
            return nameof(CountedReads.Lease);
        if (answer == typeof(RedisValueWithExpiry))
            return nameof(CountedReads.Expiring);
        return answer == typeof(HashEntry[]) ? nameof(CountedReads.Entries) : null;
    }
}
