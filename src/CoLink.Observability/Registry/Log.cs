using CoLink.Observability.Catalogue;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Registry;

/// <summary>Event ids 100 to 119.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "Metric {Metric} has reached its cap of {Limit} series: further label values are recorded as _other and counted in " + SelfCatalogue.LabelValuesRefusedName + ". {Labels}. Raise CoLink:Observability:Metrics:SeriesLimits:{Metric} only if these values are bounded.")]
    public static partial void LabelValuesRefused(ILogger logger, string metric, int limit, string labels);

    [LoggerMessage(102, LogLevel.Error, "The {Observer} failed; the host is not affected. Further failures are only counted, in " + SelfCatalogue.ObserverErrorsName + ".")]
    public static partial void ObserverFailed(ILogger logger, string observer, Exception exception);
}
