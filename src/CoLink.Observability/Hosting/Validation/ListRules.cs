using System.Net;
using System.Text.RegularExpressions;
using CoLink.Observability.Exposition;
using CoLink.Observability.Http;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Redaction;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>Networks in CIDR notation or single addresses.</summary>
internal sealed class NetworksAttribute : ListAttribute
{
    public NetworksAttribute() => ErrorMessage = "networks in CIDR notation such as 10.0.0.0/8 or 2001:db8::/32 (no host bits set), or single addresses";

    protected override bool Allows(object? item) => item is string text && AllowedNetworks.TryParse(text, out _);
}

/// <summary>Paths by segment.</summary>
internal sealed class PathPatternsAttribute : ListAttribute
{
    public PathPatternsAttribute() => ErrorMessage = "paths that start with '/', such as /metrics, or with a final '*' for all below, such as /health*; no other '*', no '?', no '#'";

    protected override bool Allows(object? item) => item is string text && ExcludedPaths.IsPattern(text);
}

/// <summary>Names of meters.</summary>
internal sealed partial class MeterNamesAttribute : ListAttribute
{
    public MeterNamesAttribute() => ErrorMessage = "names of meters such as System.Net.Http, where '*' stands for any run of characters; '*' alone would publish every meter of the runtime and is refused";

    protected override bool Allows(object? item) => item is string text && Pattern().IsMatch(text) && text.Any(char.IsLetterOrDigit);

    [GeneratedRegex(@"^[A-Za-z0-9_.*\-/]+\z")]
    private static partial Regex Pattern();
}

/// <summary>Statuses of responses.</summary>
internal sealed class StatusesAttribute : ListAttribute
{
    public StatusesAttribute() => ErrorMessage = "statuses of server errors, from 500 to 599";

    protected override bool Allows(object? item) => item is int and >= 500 and <= 599;
}

/// <summary>Caps by the name of a metric.</summary>
internal sealed partial class SeriesLimitsAttribute : ListAttribute
{
    private readonly int _ceiling;

    public SeriesLimitsAttribute(int ceiling)
    {
        _ceiling = ceiling;
        ErrorMessage = $"a number of series from 1 to {ceiling} under the name of a metric";
    }

    protected override bool Allows(object? item) =>
        item is KeyValuePair<string, int> limit && Name().IsMatch(limit.Key) && limit.Value >= 1 && limit.Value <= _ceiling;

    [GeneratedRegex("^[a-zA-Z_:][a-zA-Z0-9_:]*\\z")]
    private static partial Regex Name();
}

/// <summary>Names of properties whose values are not shown.</summary>
internal sealed partial class PropertyNamesAttribute : ListAttribute
{
    public PropertyNamesAttribute() => ErrorMessage = "names of properties, headers or route parameters such as password or x-api-key: letters, digits, '_', '-', '.'";

    protected override bool Allows(object? item) => item is string text && (LoggingOptions.DefaultRedactedProperties.AsSpan().Contains(text) || Name().IsMatch(text));

    [GeneratedRegex(@"^[A-Za-z0-9_.\-]{1,100}\z")]
    private static partial Regex Name();
}

/// <summary>Regular expressions that run in linear time.</summary>
internal sealed class TextPatternsAttribute : ListAttribute
{
    public TextPatternsAttribute() => ErrorMessage = "regular expressions without look-around, back-references and atomic groups, none of which matches an empty text";

    protected override bool Allows(object? item)
    {
        try
        {
            return item is string { Length: > 0 } text && (TextPattern.IsDefault(text) || !TextPattern.Build(text).IsMatch(""));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}

/// <summary>Labels of log streams by name.</summary>
internal sealed class StreamLabelsAttribute : ListAttribute
{
    public StreamLabelsAttribute() => ErrorMessage = Logging.Loki.StreamLabelRules.Allowed;

    protected override bool Allows(object? item) => item is KeyValuePair<string, string> label && Logging.Loki.StreamLabelRules.Allows(label.Key, label.Value);
}
