using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Registry;

/// <summary>
/// What runs before a scrape, one at a time, and what became of it. A failing one costs its own metrics, not the scrape; nor does
/// one that calls the app and does not return.
/// </summary>
internal sealed class Refreshes
{
    private readonly CounterFamily _errors;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly List<(string Observer, Action Refresh)> _refreshes = [];
    private AppRefresh[] _ofTheApp = [];
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, bool> _logged = new(StringComparer.Ordinal);

    public Refreshes(CounterFamily errors, ILogger logger, TimeProvider time)
    {
        _errors = errors;
        _logger = logger;
        _time = time;
        foreach (var observer in errors.Definition.Labels[0].Values)
            errors.With(observer);
    }

    public void Add(string observer, Action refresh)
    {
        lock (_gate)
            _refreshes.Add((observer, refresh));
    }

    /// <summary>One that calls code of the app, which may never return: it has a task of its own, and a scrape waits for it only so long.</summary>
    public void AddOfTheApp(string observer, Action refresh)
    {
        lock (_gate)
            _ofTheApp = [.. _ofTheApp, new AppRefresh(refresh, exception => Failed(observer, exception), _time)];
    }

    /// <summary>Where nothing calls the app it is done when it returns: the ordinary scrape changes no thread.</summary>
    public ValueTask RunAsync(CancellationToken cancellation)
    {
        RunOurs();
        var ofTheApp = Volatile.Read(ref _ofTheApp);
        return ofTheApp.Length == 0 ? ValueTask.CompletedTask : new ValueTask(Task.WhenAll(ofTheApp.Select(refresh => refresh.RunAsync(cancellation))));
    }

    private void RunOurs()
    {
        lock (_gate)
        {
            foreach (var (observer, refresh) in _refreshes)
            {
                try
                {
                    refresh();
                }
                catch (Exception exception)
                {
                    Failed(observer, exception);
                }
            }
        }
    }

    public void Count(string observer) => _errors.With(observer).Inc();

    public void Failed(string observer, Exception exception)
    {
        Count(observer);
        if (_logged.TryAdd(observer, true))
            SafeLog.Write(() => Log.ObserverFailed(_logger, observer, exception));
    }
}
