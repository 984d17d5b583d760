using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Health;

/// <summary>Where each signal says why it does not get where it should.</summary>
internal sealed class TelemetryHealth(MetricRegistry registry)
{
    private readonly Lock _gate = new();
    private readonly List<(string Name, Func<string?> WhyDegraded)> _sources = [];

    /// <param name="name">The signal: <c>logs</c>, <c>traces</c>.</param>
    /// <param name="whyDegraded">Says in a few words what is wrong, without a secret, since a health page may show it; null while nothing is. Asked with each run of the check, so it only reads.</param>
    public void Add(string name, Func<string?> whyDegraded)
    {
        lock (_gate)
            _sources.Add((name, whyDegraded));
    }

    /// <summary>What is wrong now, by signal. A source that fails is counted and says nothing.</summary>
    public IReadOnlyList<(string Name, string Why)> Problems()
    {
        (string, Func<string?>)[] sources;
        lock (_gate)
            sources = [.. _sources];

        var problems = new List<(string, string)>();
        foreach (var (name, whyDegraded) in sources)
        {
            try
            {
                if (whyDegraded() is { } why)
                    problems.Add((name, why));
            }
            catch (Exception exception)
            {
                registry.Failed(Observers.Health, exception);
            }
        }

        return problems;
    }
}
