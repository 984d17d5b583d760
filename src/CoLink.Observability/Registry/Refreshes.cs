using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Registry;

/// <summary>What runs before a scrape, one at a time, and what became of it. A failing one costs its own metrics, not the scrape.</summary>
internal sealed class Refreshes
{
    private readonly CounterFamily _errors;
    private readonly ILogger _logger;
    private readonly List<(string Observer, Action Refresh)> _refreshes = [];
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, bool> _logged = new(StringComparer.Ordinal);

    public Refreshes(CounterFamily errors, ILogger logger)
    {
        _errors = errors;
        _logger = logger;
        foreach (var observer in errors.Definition.Labels[0].Values)
            errors.With(observer);
    }

    public void Add(string observer, Action refresh)
    {
        lock (_gate)
            _refreshes.Add((observer, refresh));
    }

    public void Run()
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
