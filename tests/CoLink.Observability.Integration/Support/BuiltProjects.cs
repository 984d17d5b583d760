using System.Reflection;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Support;

/// <summary>What was built beside these tests, in their configuration.</summary>
internal static class BuiltProjects
{
    public static string Configuration { get; } = typeof(BuiltProjects).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    public static string Library { get; } = Path.Combine(Golden.Root, "src", "CoLink.Observability");

    public static string TracedService { get; } = Path.Combine(Golden.Root, "tests", "CoLink.Observability.TracedService", "bin", Configuration, "net10.0", "CoLink.Observability.TracedService.dll");

    public static string Sample { get; } = Path.Combine(Golden.Root, "samples", "MessagingService", "bin", Configuration, "net10.0", "MessagingService.dll");
}
