using CoLink.Observability.Catalogue;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Registry;

/// <summary>Event ids 100 to 119.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "Metric {Metric} has reached its cap of {Limit} series: further label values are recorded as _other and counted in " + SelfCatalogue.LabelValuesRefusedName + ". {Labels}. Raise CoLink:Observability:Metrics:SeriesLimits:{Metric} only if these values are bounded.")]
    public static partial void LabelValuesRefused(ILogger logger, string metric, int limit, string labels);

    [LoggerMessage(101, LogLevel.Warning, "Metric {Metric} was given {Value} for its label {Label}, which takes one of: {Allowed}. Such values are recorded as _other and counted in " + SelfCatalogue.LabelValuesRefusedName + ".")]
    public static partial void LabelValueUnknown(ILogger logger, string metric, string value, string label, string allowed);

    [LoggerMessage(102, LogLevel.Error, "The {Observer} failed; the host is not affected. Further failures are only counted, in " + SelfCatalogue.ObserverErrorsName + ".")]
    public static partial void ObserverFailed(ILogger logger, string observer, Exception exception);

    [LoggerMessage(103, LogLevel.Warning, "The instrument {Instrument} of the meter {Meter} is left out of the metrics: as {Metric} it {Reason}.")]
    public static partial void InstrumentLeftOut(ILogger logger, string instrument, string meter, string metric, string reason);

    [LoggerMessage(104, LogLevel.Warning, "Left out of prometheus-net's static registry, because the names are taken by CoLink.Observability: {Families}. Rename them, or stop declaring what is measured already.")]
    public static partial void StaticFamiliesLeftOut(ILogger logger, string families);

    [LoggerMessage(105, LogLevel.Warning, "Metric {Metric} was given {Given} label values, but it has {Expected} labels: [{Labels}]. Missing values are recorded as empty and further ones left out; such records are counted in " + SelfCatalogue.ObserverErrorsName + ".")]
    public static partial void LabelValuesMiscounted(ILogger logger, string metric, int given, int expected, string labels);
}
