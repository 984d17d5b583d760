using CoLink.Observability.Catalogue;
using CoLink.Observability.Monitoring.Platforms;

namespace CoLink.Observability.Monitoring.Rules;

/// <summary>What every rule needs to be written: the platform, the scale of time and the selectors that are the same everywhere.</summary>
internal sealed class RuleContext
{
    public RuleContext(Platform platform, TimeScale time)
        : this(platform, time, platform.Services)
    {
    }

    private RuleContext(Platform platform, TimeScale time, IReadOnlyList<Service> services) =>
        (Platform, Time, Services, Jobs) = (platform, time, services, $"job=~\"{Alternatives(services)}\"");

    /// <summary>Where something is. Without it staging would hide an outage of production.</summary>
    public static readonly string[] PlaceLabels = ["cluster", "namespace"];

    /// <summary>A service of one cluster and namespace.</summary>
    public const string By = "cluster, namespace, job";

    public Platform Platform { get; }

    public Thresholds Limits => Platform.Thresholds;

    public TimeScale Time { get; }

    /// <summary>Those of which rules are written: all of the platform, unless they are written in parts.</summary>
    public IReadOnlyList<Service> Services { get; }

    /// <summary>Every one of them.</summary>
    public string Jobs { get; }

    /// <summary>For a part of the services; what is not of services is the same in each part.</summary>
    public RuleContext For(IReadOnlyList<Service> services) => new(Platform, Time, services);

    /// <summary>
    /// Requests that say how a service is: no sockets, which last for hours, and no addresses that nobody serves, with which a scanner
    /// would thin out the failures.
    /// </summary>
    public string Counted => $"{Jobs},{Answered}";

    /// <summary>The same of any job.</summary>
    public static string Answered => $"status!=\"101\",{Timed}";

    /// <summary>The same for the histogram, whose requests have no status.</summary>
    public static string Timed => $"method!=\"CONNECT\",endpoint!=\"{HttpCatalogue.Unmatched}\"";

    public static string Alternatives(IEnumerable<Service> services) => string.Join('|', services.Select(service => service.Name));

    /// <summary>Prometheus 2 keeps le="1" of a text scrape as it is and 3 makes it "1.0"; one server may hold both.</summary>
    public static string Le(decimal bound)
    {
        var text = Text.Number.Format(bound);
        return text.Contains('.', StringComparison.Ordinal) ? $"le=\"{text}\"" : $"le=~\"{text}|{text}\\\\.0\"";
    }
}
