using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace CoLink.Observability.Tests.Database.Spans;

/// <summary>What OpenTelemetry exports of our database spans and of an app's own, in the order of their ends.</summary>
internal sealed class ExportedSpans : IDisposable
{
    private readonly List<Activity> _exported = [];
    private readonly TracerProvider _provider;

    public ExportedSpans(Sampler? sampler = null, params string[] sources)
    {
        App = new ActivitySource("app");
        _provider = Sdk.CreateTracerProviderBuilder().AddSource("app", "CoLink.Observability.*").AddSource(sources)
            .SetSampler(sampler ?? new AlwaysOnSampler()).AddInMemoryExporter(_exported).Build();
    }

    public ActivitySource App { get; }

    /// <summary>All but the app's own.</summary>
    public Activity[] All => [.. _exported.Where(span => span.Source != App)];

    public Activity Only => Assert.Single(All);

    public static string? Tag(Activity span, string name) => span.GetTagItem(name)?.ToString();

    public void Dispose()
    {
        _provider.Dispose();
        App.Dispose();
    }
}
