using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using CoLink.Observability.Tracing.Export;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tracing.AppExport;

/// <summary>
/// Whether the app exports its traces by OTLP itself. The services do not tell: those of an exporter of logs are the same. So the
/// processors are looked at that the app has given the provider, and what those hold. Other exporters are no second OTLP export:
/// Console and InMemory show spans, Zipkin's and Azure's go elsewhere.
/// </summary>
internal static class OtlpExporters
{
    /// <summary>A processor in a processor in a processor is enough.</summary>
    private const int MostLevels = 12;

    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Null where this version of OpenTelemetry does not show it, and where native code does not show what the app's own processors hold.</summary>
    public static bool? AreIn(TracerProviderBuilder builder) => AreIn(builder, RuntimeFeature.IsDynamicCodeSupported);

    /// <param name="builder">The provider's.</param>
    /// <param name="showsFields">False where only what is kept by name is to be seen, in native code.</param>
    [DynamicDependency("Processors", "OpenTelemetry.Trace.TracerProviderBuilderSdk", "OpenTelemetry")]
    [DynamicDependency("exporter", typeof(BaseExportProcessor<Activity>))]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "The property is kept by name above.")]
    internal static bool? AreIn(TracerProviderBuilder builder, bool showsFields)
    {
        try
        {
            // A list that is internal; it is passed to every configuration of the provider, which is in the order of its registration.
            var list = builder.GetType().GetProperty("Processors", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.GetValue(builder);
            if (list is not IEnumerable<BaseProcessor<Activity>> processors)
                return null;
            var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
            var areSeen = processors.Any(processor => Reaches(processor, seen, MostLevels));
            return areSeen || showsFields || seen.All(IsShown) ? areSeen : null;
        }
        catch (Exception)
        {
            // Fields of the app's own processors are read: whatever they do, the host must start.
            return null;
        }
    }

    /// <summary>What hides nothing in native code: the library's own, and OpenTelemetry's but the one that holds a list of others.</summary>
    private static bool IsShown(object one) => one is not CompositeProcessor<Activity>
        && (one.GetType().Assembly == typeof(OtlpExporters).Assembly || one.GetType().Namespace?.StartsWith("OpenTelemetry", StringComparison.Ordinal) == true);

    private static bool Reaches(object? value, HashSet<object> seen, int levels) => value switch
    {
        null or SpanExporter => false,
        OtlpTraceExporter => true,
        BaseProcessor<Activity> or BaseExporter<Activity> => levels > 0 && seen.Add(value) && Holds(value, seen, levels - 1),
        IEnumerable<BaseProcessor<Activity>> or IEnumerable<BaseExporter<Activity>> => levels > 0 && ((IEnumerable)value).Cast<object?>().Any(one => Reaches(one, seen, levels - 1)),

        // The list that OpenTelemetry's composite processor links its processors by.
        _ => value.GetType().DeclaringType is { Name: "CompositeProcessor`1" } && levels > 0 && seen.Add(value) && Holds(value, seen, levels - 1),
    };

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Trimming keeps the fields that hold what is used; in native code the one field is kept by name above, and what has others is unknown.")]
    private static bool Holds(object owner, HashSet<object> seen, int levels)
    {
        for (var type = owner.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(Fields))
            {
                if (!field.FieldType.IsValueType && field.FieldType != typeof(string) && Reaches(field.GetValue(owner), seen, levels))
                    return true;
            }
        }

        return false;
    }
}
