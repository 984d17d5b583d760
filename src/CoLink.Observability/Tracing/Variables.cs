using CoLink.Observability.Tracing.Otlp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tracing;

/// <summary>
/// OpenTelemetry's variables, from any source of configuration. They are read only where the section is silent and the value is
/// needed, so what is wrong in one that nobody uses stops nobody.
/// </summary>
internal sealed class Variables(IConfiguration configuration)
{
    private const string OtlpTraces = "OTEL_EXPORTER_OTLP_TRACES_";
    private const string Otlp = "OTEL_EXPORTER_OTLP_";

    /// <summary>Switches OpenTelemetry off.</summary>
    public bool IsSdkDisabled => bool.TryParse(configuration["OTEL_SDK_DISABLED"], out var disabled) && disabled;

    /// <summary>Whether there is an address to export to. <c>OTEL_TRACES_EXPORTER</c> may want none.</summary>
    public bool HaveEndpoint => FindOtlp("ENDPOINT") is not null
        && (Find("OTEL_TRACES_EXPORTER") is not { } exporters || exporters.Text.Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.OrdinalIgnoreCase));

    /// <summary>A variable; null where it is absent or empty, which their specification makes the same.</summary>
    public Variable? Find(string name) => configuration[name] is { } text && !string.IsNullOrWhiteSpace(text) ? new Variable(name, text.Trim()) : null;

    /// <summary>A variable of the export: the one for traces, else the one for all signals.</summary>
    /// <param name="name">What follows the prefix, such as <c>HEADERS</c>.</param>
    public Variable? FindOtlp(string name) => Find(OtlpTraces + name) ?? Find(Otlp + name);

    /// <param name="Name">Its whole name.</param>
    /// <param name="Text">Its value, never empty.</param>
    internal readonly record struct Variable(string Name, string Text)
    {
        public bool IsForTraces => Name.StartsWith(OtlpTraces, StringComparison.Ordinal);

        /// <summary>Stops the host as an invalid option does.</summary>
        public OptionsValidationException Refuse(string allowed, bool isSecret = false) => new(
            Options.DefaultName, typeof(TracingOptions), [$"{Name} is {(isSecret ? "a secret (not shown)" : $"'{OtlpAddress.Shown(Text)}'")}, but allowed is {allowed}."]);
    }
}
