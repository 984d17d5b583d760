using System.Reflection;
using CoLink.Observability.Hosting.Validation;
using CoLink.Observability.Http;
using CoLink.Observability.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>
/// Fills what neither the section nor the code has set: first from OpenTelemetry's environment variables, then with the defaults.
/// It runs after everything else, so a list's default applies only where its key is absent.
/// </summary>
internal sealed class OptionsDefaults(IConfiguration configuration, IHostEnvironment host) : IPostConfigureOptions<CoLinkObservabilityOptions>
{
    private const string ServiceNameVariable = "OTEL_SERVICE_NAME";
    private const string ResourceVariable = "OTEL_RESOURCE_ATTRIBUTES";

    /// <exception cref="OptionsValidationException">A variable of OpenTelemetry's holds what no name may be; it is named, not the key it would fill.</exception>
    public void PostConfigure(string? name, CoLinkObservabilityOptions options)
    {
        var resource = ResourceAttributes(configuration[ResourceVariable]);
        var assembly = EntryAssembly(host.ApplicationName);

        options.ServiceName ??= Given(configuration[ServiceNameVariable]) ?? resource.GetValueOrDefault("service.name") ?? host.ApplicationName;
        options.Namespace ??= resource.GetValueOrDefault("service.namespace") ?? CoLinkObservabilityOptions.DefaultNamespace;
        options.Version ??= resource.GetValueOrDefault("service.version") ?? VersionOf(assembly);
        options.Environment ??= resource.GetValueOrDefault("deployment.environment.name") ?? resource.GetValueOrDefault("deployment.environment") ?? host.EnvironmentName;
        options.Instance ??= resource.GetValueOrDefault("service.instance.id") ?? Environment.MachineName;
        options.ExcludedPaths ??= [.. CoLinkObservabilityOptions.DefaultExcludedPaths];
        options.Http.PrecreatedStatuses ??= [.. HttpOptions.DefaultPrecreatedStatuses];
        options.Metrics.AllowedNetworks ??= [];
        options.Metrics.Meters ??= [];
        options.Tracing.Sources ??= [];
        options.Logging.RedactedProperties ??= [.. LoggingOptions.DefaultRedactedProperties];
        options.Logging.RedactedPatterns ??= [.. LoggingOptions.DefaultRedactedPatterns];
    }

    /// <summary>The informational version without the commit behind '+'.</summary>
    public static string VersionOf(Assembly? assembly) =>
        assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? assembly?.GetName().Version?.ToString()
        ?? "unknown";

    /// <summary>Under a test runner the entry assembly is the runner's; the host knows the app's name.</summary>
    private static Assembly? EntryAssembly(string applicationName) =>
        AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == applicationName) ?? Assembly.GetEntryAssembly();

    /// <summary>Comma-separated <c>key=value</c> pairs with percent-encoded values. Source: OpenTelemetry's resource SDK specification.</summary>
    private static Dictionary<string, string> ResourceAttributes(string? text)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && parts[1].Length > 0)
                attributes[parts[0]] = Checked(Uri.UnescapeDataString(parts[1]), $"{ResourceVariable}, {parts[0]},");
        }

        return attributes;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : Checked(text, ServiceNameVariable);

    private static string Checked(string value, string where) => ServiceTextAttribute.Allows(value)
        ? value
        : throw new OptionsValidationException(
            Options.DefaultName, typeof(CoLinkObservabilityOptions), [$"{where} is '{value}', but allowed is {ServiceTextAttribute.Allowed}."]);
}
