using System.Diagnostics;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Hosting;
using CoLink.Observability.Registry;
using CoLink.Observability.StackExchangeRedis.Reads;
using CoLink.Observability.StackExchangeRedis.Spans;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis;

/// <summary>
/// Asks every server of every multiplexer, each on its own, so that one that hangs delays no other. A scrape only reads what was
/// answered last.
/// </summary>
internal sealed class RedisObserver(
    MetricRegistry registry, RedisMetrics metrics, RedisSpans spans, RegisteredMultiplexers registered, CountedRegistrations counted, FinalServices final,
    IOptions<CoLinkObservabilityOptions> options, TimeProvider time, ILogger<RedisObserver> logger) : IHostedLifecycleService, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IConnectionMultiplexer, IDisposable?> _multiplexers = new(ReferenceEqualityComparer.Instance);
    private readonly Profilers _profilers = new(spans, logger);
    private readonly CancellationTokenSource _stopping = new();
    private WatchedServer[] _servers = [];
    private Task _asking = Task.CompletedTask;
    private Task _collecting = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            metrics.SourceActive(false);
            if (options.Value is { Redis.CountReads: true, Cache.Enabled: true })
                counted.Start(metrics, final.WereSeen, logger);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Redis, exception);
        }

        return Task.CompletedTask;
    }

    /// <summary>The app has started: what is resolved from here on delays no start.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!registered.Exist)
            Log.NothingToWatch(logger);
        registered.Start(options.Value.Redis.PollInterval);
        _asking = Task.Run(AskRegularlyAsync, CancellationToken.None);
        if (options.Value.Redis.Spans)
            _collecting = Task.Run(() => spans.CollectRegularlyAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Questions that are not answered yet are left alone: a server that hangs must not hold up the end of the host.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        return Task.WhenAll(_asking, _collecting);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        lock (_gate)
        {
            foreach (var (multiplexer, profiler) in _multiplexers)
            {
                multiplexer.ConnectionRestored -= AskAtOnce;
                profiler?.Dispose();
            }

            _multiplexers.Clear();
        }
    }

    /// <summary>Asks the multiplexer's servers at once, and regularly until it is disposed. Never throws.</summary>
    public void Watch(IConnectionMultiplexer multiplexer)
    {
        try
        {
            var watched = CountedProxy.Unwrap(multiplexer);
            lock (_gate)
            {
                if (_stopping.IsCancellationRequested || _multiplexers.ContainsKey(watched))
                    return;
                _multiplexers.Add(watched, TryAttach(watched));
            }

            watched.ConnectionRestored += AskAtOnce;
            foreach (var server in Refresh(watched))
                Ask(server, now: true);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Redis, exception);
        }
    }

    private async Task AskRegularlyAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.Redis.PollInterval, time);
            do
            {
                AskAll();
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private void AskAll()
    {
        try
        {
            // Those that are found now are asked as they are found.
            IConnectionMultiplexer[] known;
            lock (_gate)
                known = [.. _multiplexers.Keys];
            foreach (var multiplexer in known)
                AskAllOf(multiplexer);
            registered.Find(Watch);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Redis, exception);
        }
    }

    /// <summary>Each on its own: one that fails, as a class of the app's own may, does not silence the others.</summary>
    private void AskAllOf(IConnectionMultiplexer multiplexer)
    {
        try
        {
            foreach (var server in Refresh(multiplexer))
                Ask(server, now: false);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Redis, exception);
        }
    }

    /// <summary>The servers of a multiplexer now: a cluster gains and loses some, and a disposed multiplexer has none.</summary>
    private WatchedServer[] Refresh(IConnectionMultiplexer multiplexer)
    {
        var present = multiplexer.GetEndPoints().Where(endPoint => WatchedServer.Exists(multiplexer, endPoint)).ToArray();
        if (present.Length == 0)
            multiplexer.ConnectionRestored -= AskAtOnce;
        lock (_gate)
        {
            if (present.Length == 0)
                Forget(multiplexer);
            metrics.SourceActive(_multiplexers.Count > 0);
            var gone = _servers.Where(server => server.Multiplexer == multiplexer && !present.Contains(server.EndPoint)).ToArray();
            var known = _servers.Where(server => server.Multiplexer == multiplexer).Select(server => server.EndPoint);
            var found = present.Except(known).Select(endPoint => new WatchedServer(multiplexer, endPoint, options.Value.Redis.PollInterval, time, logger));
            _servers = [.. _servers.Except(gone), .. found];
            foreach (var server in gone)
                Say(server.Name);
            return [.. _servers.Where(server => server.Multiplexer == multiplexer)];
        }
    }

    /// <summary>It is watched whether its commands can be traced or not.</summary>
    private IDisposable? TryAttach(IConnectionMultiplexer multiplexer)
    {
        try
        {
            return options.Value.Redis.Spans ? _profilers.Attach(multiplexer) : null;
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Redis, exception);
            return null;
        }
    }

    private void Forget(IConnectionMultiplexer multiplexer)
    {
        if (_multiplexers.Remove(multiplexer, out var profiler))
            profiler?.Dispose();
    }

    /// <summary>A connection is back: the server need not wait for its back-off to end.</summary>
    private void AskAtOnce(object? sender, ConnectionFailedEventArgs restored)
    {
        if (restored.ConnectionType != ConnectionType.Interactive)
            return;
        foreach (var server in Volatile.Read(ref _servers).Where(server => ReferenceEquals(server.Multiplexer, sender) && server.EndPoint.Equals(restored.EndPoint)))
            Ask(server, now: true);
    }

    private void Ask(WatchedServer server, bool now)
    {
        if (!_stopping.IsCancellationRequested && server.TryBegin(now))
            _ = AskAsync(server);
    }

    private async Task AskAsync(WatchedServer server)
    {
        try
        {
            // The client writes in place where it can: not on the loop, nor inside an event of its own. What is asked is no part of
            // the request in which a cache is used first.
            await Task.Yield();
            Activity.Current = null;
            await server.AskAsync(options.Value.Redis.PollTimeout, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Redis, exception);
        }
        finally
        {
            server.End();
            TrySay(server.Name);
        }
    }

    /// <summary>Nobody waits for what an answer is said with, so nobody else would see it fail.</summary>
    private void TrySay(string name)
    {
        try
        {
            lock (_gate)
                Say(name);
        }
        catch (Exception exception)
        {
            registry.Failed(Observers.Redis, exception);
        }
    }

    /// <summary>Where several multiplexers reach one server, one that does not is what its operator must see.</summary>
    private void Say(string name)
    {
        var asked = _servers.Where(server => server.Name == name && server.IsReachable is not null).ToArray();
        if (asked.Length == 0)
        {
            metrics.Gone(name);
            return;
        }

        // What is not known goes first: at no moment is a server away and has memory.
        var memory = asked.Select(server => server.MemoryUsed).FirstOrDefault(bytes => bytes is not null);
        if (memory is null)
            metrics.MemoryUsed(name, null);
        metrics.Reachable(name, asked.All(server => server.IsReachable == true));
        if (memory is not null)
            metrics.MemoryUsed(name, memory);
    }
}
