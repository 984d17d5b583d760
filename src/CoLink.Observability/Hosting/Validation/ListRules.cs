using System.Net;
using System.Text.RegularExpressions;
using CoLink.Observability.Exposition;
using CoLink.Observability.Http;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>Networks in CIDR notation or single addresses.</summary>
internal sealed class NetworksAttribute : ListAttribute
{
    public NetworksAttribute() => ErrorMessage = "networks in CIDR notation such as 10.0.0.0/8 or 2001:db8::/32 (no host bits set), or single addresses";

    protected override bool Allows(object item) => AllowedNetworks.TryParse((string)item, out _);
}

/// <summary>Paths by segment.</summary>
internal sealed class PathPatternsAttribute : ListAttribute
{
    public PathPatternsAttribute() => ErrorMessage = "paths that start with '/', such as /metrics, or with a final '*' for all below, such as /health*; no other '*', no '?', no '#'";

    protected override bool Allows(object item) => ExcludedPaths.IsPattern((string)item);
}

/// <summary>Names of meters.</summary>
internal sealed partial class MeterNamesAttribute : ListAttribute
{
    public MeterNamesAttribute() => ErrorMessage = "names of meters such as System.Net.Http, where '*' stands for any run of characters; '*' alone would publish every meter of the runtime and is refused";

    protected override bool Allows(object item) => Pattern().IsMatch((string)item) && ((string)item).Any(char.IsLetterOrDigit);

    [GeneratedRegex(@"^[A-Za-z0-9_.*\-/]+$")]
    private static partial Regex Pattern();
}

/// <summary>Statuses of responses.</summary>
internal sealed class StatusesAttribute : ListAttribute
{
    public StatusesAttribute() => ErrorMessage = "statuses of server errors, from 500 to 599";

    protected override bool Allows(object item) => item is int and >= 500 and <= 599;
}

/// <summary>Caps by the name of a metric.</summary>
internal sealed class SeriesLimitsAttribute : ListAttribute
{
    private readonly int _ceiling;

    public SeriesLimitsAttribute(int ceiling)
    {
        _ceiling = ceiling;
        ErrorMessage = $"a number of series from 1 to {ceiling} under the name of a metric";
    }

    protected override bool Allows(object item) => item is KeyValuePair<string, int> { Key.Length: > 0 } limit && limit.Value >= 1 && limit.Value <= _ceiling;
}
