using CoLink.Observability.Registry;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Reads;

/// <summary>
/// Counts answers as hits and misses, and hands on what leads to more of them as something that counts. The generated code calls these
/// by name: <see cref="CountedCommands"/> says which for which command.
/// </summary>
/// <remarks>
/// A task is returned as it came, never another in its place: its state, its cancellation and who has seen its exception stay the
/// app's. So an asynchronous read is counted just after its answer is there, at times just after the app has seen it.
/// </remarks>
internal sealed class CountedReads
{
    private readonly ProxyTypes _types;
    private readonly Action<Task<RedisValue>, object?> _value;
    private readonly Action<Task<RedisValue[]>, object?> _each;
    private readonly Action<Task<RedisValue[]>, object?> _any;
    private readonly Action<Task<Lease<byte>?>, object?> _lease;
    private readonly Action<Task<RedisValueWithExpiry>, object?> _expiring;
    private readonly Action<Task<HashEntry[]>, object?> _entries;
    private CounterSeries? _hits;
    private CounterSeries? _misses;

    public CountedReads(ProxyTypes types)
    {
        _types = types;
        _value = (answer, _) => Value(Done(answer), CommandFlags.None);
        _each = (answer, _) => Each(Done(answer), CommandFlags.None);
        _any = (answer, _) => Any(Done(answer), CommandFlags.None);
        _lease = (answer, _) => Lease(Done(answer), CommandFlags.None);
        _expiring = (answer, _) => Expiring(Done(answer), CommandFlags.None);
        _entries = (answer, _) => Entries(Done(answer), CommandFlags.None);
    }

    /// <summary>Reads before the host starts are not counted: there is no registry yet.</summary>
    public void Begin((CounterSeries Hits, CounterSeries Misses) series) => (_hits, _misses) = series;

    public IConnectionMultiplexer Wrap(IConnectionMultiplexer multiplexer) => _types.Make(multiplexer, this);

    public IDatabase Wrap(IDatabase database) => _types.Make(database, this);

    public IBatch Wrap(IBatch batch) => _types.Make(batch, this);

    public ITransaction Wrap(ITransaction transaction) => _types.Make(transaction, this);

    /// <summary>One key, or one field of one key: nothing is a miss.</summary>
    public RedisValue Value(RedisValue answer, CommandFlags flags)
    {
        if (IsAnswered(flags))
            Count(!answer.IsNull);
        return answer;
    }

    /// <summary>Several keys: each is a read.</summary>
    public RedisValue[] Each(RedisValue[] answer, CommandFlags flags)
    {
        if (!IsAnswered(flags) || answer is null)
            return answer!;
        var hits = answer.Count(value => !value.IsNull);
        _hits?.Inc(hits);
        _misses?.Inc(answer.Length - hits);
        return answer;
    }

    /// <summary>Several fields of one key: one read, and a hit where any field was there.</summary>
    public RedisValue[] Any(RedisValue[] answer, CommandFlags flags)
    {
        if (IsAnswered(flags) && answer is { Length: > 0 })
            Count(Array.Exists(answer, value => !value.IsNull));
        return answer;
    }

    public Lease<byte>? Lease(Lease<byte>? answer, CommandFlags flags)
    {
        if (IsAnswered(flags))
            Count(answer is not null);
        return answer;
    }

    public RedisValueWithExpiry Expiring(RedisValueWithExpiry answer, CommandFlags flags)
    {
        if (IsAnswered(flags))
            Count(!answer.Value.IsNull);
        return answer;
    }

    /// <summary>A whole hash: one without fields does not exist.</summary>
    public HashEntry[] Entries(HashEntry[] answer, CommandFlags flags)
    {
        if (IsAnswered(flags))
            Count(answer is { Length: > 0 });
        return answer;
    }

    public Task<RedisValue> Value(Task<RedisValue> answer, CommandFlags flags) => When(answer, flags, _value);

    public Task<RedisValue[]> Each(Task<RedisValue[]> answer, CommandFlags flags) => When(answer, flags, _each);

    public Task<RedisValue[]> Any(Task<RedisValue[]> answer, CommandFlags flags) => When(answer, flags, _any);

    public Task<Lease<byte>?> Lease(Task<Lease<byte>?> answer, CommandFlags flags) => When(answer, flags, _lease);

    public Task<RedisValueWithExpiry> Expiring(Task<RedisValueWithExpiry> answer, CommandFlags flags) => When(answer, flags, _expiring);

    public Task<HashEntry[]> Entries(Task<HashEntry[]> answer, CommandFlags flags) => When(answer, flags, _entries);

    private void Count(bool isHit) => (isHit ? _hits : _misses)?.Inc();

    /// <summary>Nobody waits for the answer of a command that is fired and forgotten: what comes back at once is no answer.</summary>
    private static bool IsAnswered(CommandFlags flags) => (flags & CommandFlags.FireAndForget) == 0;

    private static Task<T> When<T>(Task<T> answer, CommandFlags flags, Action<Task<T>, object?> count)
    {
        if (!IsAnswered(flags) || answer is null)
            return answer!;
        if (answer.IsCompletedSuccessfully)
            count(answer, null);
        else
            _ = answer.ContinueWith(count, null, CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return answer;
    }

    private static T Done<T>(Task<T> answer) => answer.GetAwaiter().GetResult();
}
