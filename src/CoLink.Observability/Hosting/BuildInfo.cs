using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>Which service this is: a series that is always 1 and joins its labels to any other.</summary>
internal sealed class BuildInfo(MetricRegistry registry, IOptions<CoLinkObservabilityOptions> options)
{
    public static string LibraryVersion { get; } = OptionsDefaults.VersionOf(typeof(BuildInfo).Assembly);

    public void Declare()
    {
        var service = options.Value;
        registry.Gauge(SelfCatalogue.BuildInfo)
            .With(service.ServiceName!, service.Namespace!, service.Version!, service.Environment!, LibraryVersion)
            .Set(1);
    }
}
