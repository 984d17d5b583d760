using System.Globalization;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tracing;

/// <summary>
/// Which traces are kept. The decision is made where a trace begins and holds for all of it, so that what is kept is whole: a
/// request that arrives with a decision keeps it, unless a variable of OpenTelemetry's asks for a sampler that looks at no parent.
/// </summary>
/// <param name="Sampler">The sampler.</param>
/// <param name="Description">What it keeps, in words.</param>
internal sealed record Sampling(Sampler Sampler, string Description)
{
    private const string Name = "OTEL_TRACES_SAMPLER";
    private const string Argument = "OTEL_TRACES_SAMPLER_ARG";
    private const string Names = "one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio; or set CoLink:Observability:Tracing:SamplingRatio, and the variable is not read";

    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The variable names no sampler, or its argument is no ratio.</exception>
    public static Sampling Of(double? ratio, Variables variables)
    {
        if (ratio is { } given)
            return OfParents(given);
        if (variables.Find(Name) is not { } variable)
            return OfParents(1);
        return variable.Text switch
        {
            "always_on" => Always(1),
            "always_off" => Always(0),
            "traceidratio" => Always(Ratio(variables)),
            "parentbased_always_on" => OfParents(1),
            "parentbased_always_off" => OfParents(0),
            "parentbased_traceidratio" => OfParents(Ratio(variables)),
            _ => throw variable.Refuse(Names),
        };
    }

    private static Sampling OfParents(double ratio) => new(new ParentBasedSampler(Root(ratio)), Words(ratio));

    private static Sampling Always(double ratio) => new(Root(ratio), $"{Words(ratio)} whatever their callers decided");

    private static Sampler Root(double ratio) => ratio switch
    {
        1 => new AlwaysOnSampler(),
        0 => new AlwaysOffSampler(),
        _ => new TraceIdRatioBasedSampler(ratio),
    };

    private static double Ratio(Variables variables)
    {
        if (variables.Find(Argument) is not { } variable)
            return 1;
        return double.TryParse(variable.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1
            ? ratio
            : throw variable.Refuse("a number from 0 to 1");
    }

    private static string Words(double ratio) => ratio switch
    {
        1 => "every trace",
        0 => "no trace that begins here",
        _ => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.#######} of the traces"),
    };
}
