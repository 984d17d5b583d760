using CoLink.Observability.Integration.Support;

namespace CoLink.Observability.Integration.Sample;

/// <summary>One sample for the tests of a class.</summary>
public sealed class RunningSample : IAsyncLifetime
{
    internal SampleProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await SampleProcess.StartAsync();

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
