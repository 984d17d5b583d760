using Prometheus;

namespace CoLink.Observability.Registry;

/// <summary>What the app keeps in prometheus-net's static registry, written before our own metrics.</summary>
internal sealed class StaticRegistry(Func<Stream, bool, CancellationToken, Task> collect, TimeProvider time)
{
    /// <summary>
    /// The app's own callbacks run before the first byte and may never end. Half of Prometheus' default time-out leaves the other
    /// half to our metrics.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Collections whose scrapes went on without them. Each may hold a thread, so no other begins before they have returned.</summary>
    private Task _leftBehind = Task.CompletedTask;
    private long _leftBehindSince;

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public static StaticRegistry Default(TimeProvider time) => Of(ClientLibrary.StaticRegistry(), time);

    public static StaticRegistry Of(CollectorRegistry registry, TimeProvider time) =>
        new((output, openMetrics, cancellation) => ClientLibrary.WriteAsync(registry, output, openMetrics, cancellation), time);

    /// <summary>Writes whole lines only, without the end mark and without families that take a name that is taken.</summary>
    /// <returns>The families left out that were not left out before.</returns>
    /// <exception cref="StaticRegistryException">The collection failed or did not begin in time. What was written is whole lines.</exception>
    public async Task<IReadOnlyCollection<string>> WriteAsync(Stream output, bool openMetrics, Predicate<string> isTaken, CancellationToken cancellation)
    {
        await using var lines = new ForeignLines(output, openMetrics, isTaken);
        try
        {
            await OthersReturnedAsync(cancellation);

            // On a task of its own: a callback may be synchronous, and would hang before there is anything to wait for.
            var started = time.GetTimestamp();
            var collecting = Task.Run(() => collect(lines, openMetrics, cancellation), CancellationToken.None);
            await BeginAsync(collecting, started, lines, cancellation);
            await collecting;
        }
        catch (Exception exception) when (!lines.OutputFailed && !cancellation.IsCancellationRequested)
        {
            throw new StaticRegistryException(exception.Message, exception);
        }

        lock (_told)
            return lines.LeftOut.Where(_told.Add).ToArray();
    }

    private async Task BeginAsync(Task collecting, long started, ForeignLines lines, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAny(collecting, lines.Begun).WaitAsync(Patience, time, cancellation);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException && lines.TryAbandon())
        {
            LeaveBehind(collecting, started);
            throw exception is TimeoutException ? new TimeoutException($"its callbacks did not end within {Patience}") : exception;
        }
        catch (TimeoutException)
        {
            // It began at the last moment and is writing: from here on it is waited for.
        }
    }

    /// <summary>Whether what was left behind hangs is known only after its patience: its scraper may just have been in a hurry.</summary>
    private async Task OthersReturnedAsync(CancellationToken cancellation)
    {
        Task others;
        TimeSpan patience;
        lock (_told)
            (others, patience) = (_leftBehind, Patience - time.GetElapsedTime(_leftBehindSince));
        try
        {
            await others.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException("callbacks that an earlier scrape has left behind still hang");
        }
    }

    private void LeaveBehind(Task collecting, long started)
    {
        // Should it fail after all, that is not the app's unobserved exception.
        var returned = collecting.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        lock (_told)
        {
            if (_leftBehind.IsCompleted)
                _leftBehindSince = started;
            _leftBehind = Task.WhenAll(_leftBehind, returned);
        }
    }
}

/// <summary>The static registry could not be collected; our own metrics are not affected.</summary>
internal sealed class StaticRegistryException(string reason, Exception inner)
    : Exception($"prometheus-net's static registry could not be collected: {reason}", inner);
