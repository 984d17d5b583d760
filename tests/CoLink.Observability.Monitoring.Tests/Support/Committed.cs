using CoLink.Observability.Monitoring.Platforms;
using CoLink.Observability.Monitoring.Rendering;
using CoLink.Observability.Monitoring.Rules;

namespace CoLink.Observability.Monitoring.Tests.Support;

/// <summary>The monitoring directory of this repository.</summary>
internal static class Committed
{
    public static string Folder { get; } = Path.Combine(Golden.Root, "monitoring");

    public static string File { get; } = Path.Combine(Folder, PlatformFile.Name);

    public static Platform Platform { get; } = PlatformFile.Load(File);

    public static RuleContext Context { get; } = new(Platform, TimeScale.Real);

    public static IReadOnlyList<RenderedFile> Files { get; } = MonitoringDirectory.Render(Platform, TimeScale.Real);
}
