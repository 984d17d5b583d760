using Microsoft.Extensions.Caching.Hybrid;

namespace CoLink.Observability.Cache;

/// <summary>
/// Counts the reads of a hybrid cache: a miss is a read for which the source was asked, a hit one that was answered without, from
/// either level or by joining another read. What it reads on its levels is not counted again; see <see cref="CacheServices"/>.
/// </summary>
internal sealed class CountedHybridCache(HybridCache inner, CacheReads reads) : HybridCache
{
    private const HybridCacheEntryFlags NoRead = HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableDistributedCacheRead;

    /// <summary>The one of the last read, for the next: a hit then allocates nothing.</summary>
    private HybridRead? _spare;

    /// <summary>The app's own.</summary>
    public HybridCache Inner => inner;

    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        if (!IsRead(options))
            return inner.GetOrCreateAsync(key, state, factory, options, tags, cancellationToken);
        var question = Ask(state, factory);
        return Count(inner.GetOrCreateAsync(key, question, static (question, cancellation) => question.Ask(cancellation), options, tags, cancellationToken), question.Read, question.Turn, options);
    }

    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        ReadOnlySpan<char> key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        if (!IsRead(options))
            return inner.GetOrCreateAsync(key, state, factory, options, tags, cancellationToken);
        var question = Ask(state, factory);
        return Count(inner.GetOrCreateAsync(key, question, static (question, cancellation) => question.Ask(cancellation), options, tags, cancellationToken), question.Read, question.Turn, options);
    }

    public override ValueTask SetAsync<T>(string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) =>
        inner.SetAsync(key, value, options, tags, cancellationToken);

    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => inner.RemoveAsync(key, cancellationToken);

    public override ValueTask RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default) => inner.RemoveAsync(keys, cancellationToken);

    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => inner.RemoveByTagAsync(tag, cancellationToken);

    public override ValueTask RemoveByTagAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default) => inner.RemoveByTagAsync(tags, cancellationToken);

    /// <summary>Where neither level may be read it is a write, whatever it is called.</summary>
    private static bool IsRead(HybridCacheEntryOptions? options) => (options?.Flags & NoRead) != NoRead;

    private Question<T> Ask<TState, T>(TState state, Func<TState, CancellationToken, ValueTask<T>> factory)
    {
        var read = Interlocked.Exchange(ref _spare, null) ?? new HybridRead();
        return new Question<T>(state, factory, Answer, read, read.Turn, reads);

        static ValueTask<T> Answer(object? state, Delegate factory, CancellationToken cancellation) =>
            ((Func<TState, CancellationToken, ValueTask<T>>)factory)((TState)state!, cancellation);
    }

    private ValueTask<T> Count<T>(ValueTask<T> reading, HybridRead read, long turn, HybridCacheEntryOptions? options)
    {
        if (!reading.IsCompletedSuccessfully)
            return CountAsync(reading, read, turn, options);

        // A value task may be asked once.
        var value = reading.GetAwaiter().GetResult();
        Ended(value, read, turn, options);
        return ValueTask.FromResult(value);
    }

    private async ValueTask<T> CountAsync<T>(ValueTask<T> reading, HybridRead read, long turn, HybridCacheEntryOptions? options)
    {
        var value = await reading.ConfigureAwait(false);
        Ended(value, read, turn, options);
        return value;
    }

    private void Ended<T>(T value, HybridRead read, long turn, HybridCacheEntryOptions? options)
    {
        // The miss was counted as the source was asked.
        if (read.End(turn))
            reads.Count(MayAsk(options) || !IsDefault(value));
        Volatile.Write(ref _spare, read);
    }

    /// <summary>A read that may not ask the source answers with a default where the key is not there, and nothing else tells.</summary>
    private static bool MayAsk(HybridCacheEntryOptions? options) => (options?.Flags & HybridCacheEntryFlags.DisableUnderlyingData) is null or HybridCacheEntryFlags.None;

    private static bool IsDefault<T>(T value) => value is null || (typeof(T).IsValueType && EqualityComparer<T>.Default.Equals(value, default));

    /// <summary>
    /// What the app would ask its source, passed through the cache in the place of the app's own state. It does not have the type of
    /// that state, for which a state that is a value is boxed: a cache inside a cache would be called with the question of a question
    /// and so on, types without end, of which an app in native code would have to have every one.
    /// </summary>
    private readonly struct Question<T>(
        object? state, Delegate factory, Func<object?, Delegate, CancellationToken, ValueTask<T>> answer, HybridRead read, long turn, CacheReads reads)
    {
        public HybridRead Read => read;

        public long Turn => turn;

        public ValueTask<T> Ask(CancellationToken cancellation)
        {
            if (read.Ask(turn))
                reads.Count(found: false);
            return answer(state, factory, cancellation);
        }
    }
}
