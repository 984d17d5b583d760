using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;

namespace CoLink.Observability.Runtime;

/// <summary>Reads the process and the .NET runtime at each scrape.</summary>
internal sealed class RuntimeObserver(MetricRegistry registry)
{
    public void Start() => registry.Gauge(RuntimeCatalogue.StartTime);
}
