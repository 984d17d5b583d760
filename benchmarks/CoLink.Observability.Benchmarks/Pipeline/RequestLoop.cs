using Microsoft.AspNetCore.Hosting.Server;

namespace CoLink.Observability.Benchmarks.Pipeline;

internal abstract class RequestLoop
{
    /// <summary>What an awaiting endpoint waits for.</summary>
    public Pending Pending { get; } = new();

    public abstract void Run(string path, int requests);
}

/// <summary>What Kestrel does with a request, without its bytes: reset the features, create, process, dispose.</summary>
internal sealed class RequestLoop<TContext>(IHttpApplication<TContext> application) : RequestLoop
    where TContext : notnull
{
    private readonly RequestFeatures<TContext> _features = new();

    public override void Run(string path, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            _features.Reset(path);
            var context = application.CreateContext(_features);
            var request = application.ProcessRequestAsync(context);

            // Completed here, the continuations run on this thread and are timed and their bytes counted.
            if (!request.IsCompleted)
                Pending.Complete();
            request.GetAwaiter().GetResult();
            application.DisposeContext(context, null);
        }

        if (_features.StatusCode != RequestFeatures<TContext>.ExpectedStatus)
            throw new InvalidOperationException($"{path} answered {_features.StatusCode}: what is measured is not what was meant.");
    }
}
