using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace CoLink.Observability.Benchmarks.Pipeline;

/// <summary>A server that listens to nothing and hands the app's whole pipeline to a loop that drives it on one thread.</summary>
internal sealed class CapturingServer : IServer
{
    public IFeatureCollection Features { get; } = new FeatureCollection();

    public RequestLoop? Loop { get; private set; }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        Loop = new RequestLoop<TContext>(application);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }
}
