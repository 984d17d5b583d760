using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Cache;

/// <summary>A distributed cache of the app's own making.</summary>
internal class OwnCache : IDistributedCache, IDisposable, IAsyncDisposable
{
    private readonly MemoryDistributedCache _cache = new(Options.Create(new MemoryDistributedCacheOptions()));

    public List<string> Calls { get; } = [];

    public int Disposed { get; private set; }

    /// <summary>Where it is set, reads end only when it does.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public byte[]? Get(string key)
    {
        Note(key);
        return _cache.Get(key);
    }

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        Note(key);
        if (Gate is { } gate)
            await gate.Task.WaitAsync(token);
        return await _cache.GetAsync(key, token);
    }

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        Note(key);
        _cache.Set(key, value, options);
    }

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        Note(key);
        return _cache.SetAsync(key, value, options, token);
    }

    public void Refresh(string key) => Note(key);

    public Task RefreshAsync(string key, CancellationToken token = default)
    {
        Note(key);
        return Task.CompletedTask;
    }

    public void Remove(string key) => Note(key);

    public Task RemoveAsync(string key, CancellationToken token = default)
    {
        Note(key);
        return Task.CompletedTask;
    }

    public void Dispose() => Disposed++;

    public ValueTask DisposeAsync()
    {
        Disposed++;
        return ValueTask.CompletedTask;
    }

    protected void Note(string key, [System.Runtime.CompilerServices.CallerMemberName] string verb = "")
    {
        if (key == "broken")
            throw new InvalidOperationException("The cache is broken.");
        lock (Calls)
            Calls.Add($"{verb} {key}");
    }
}

/// <summary>One that reads into buffers as well.</summary>
internal sealed class OwnBufferCache : OwnCache, IBufferDistributedCache
{
    public bool TryGet(string key, IBufferWriter<byte> destination)
    {
        Note(key);
        return Copy(base.Get(key), destination);
    }

    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        Note(key);
        return Copy(await base.GetAsync(key, token), destination);
    }

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options)
    {
        Note(key, "SetBuffer");
        base.Set(key, value.ToArray(), options);
    }

    public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        Note(key, "SetBufferAsync");
        await base.SetAsync(key, value.ToArray(), options, token);
    }

    private static bool Copy(byte[]? value, IBufferWriter<byte> destination)
    {
        if (value is null)
            return false;
        destination.Write(value);
        return true;
    }
}

/// <summary>A cache that the app has put before another.</summary>
internal sealed class OwnDecorator(IDistributedCache inner) : IDistributedCache
{
    public byte[]? Get(string key) => inner.Get(key);

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => inner.GetAsync(key, token);

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => inner.Set(key, value, options);

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) => inner.SetAsync(key, value, options, token);

    public void Refresh(string key) => inner.Refresh(key);

    public Task RefreshAsync(string key, CancellationToken token = default) => inner.RefreshAsync(key, token);

    public void Remove(string key) => inner.Remove(key);

    public Task RemoveAsync(string key, CancellationToken token = default) => inner.RemoveAsync(key, token);
}
