using CoLink.Observability.Monitoring.Platforms;

namespace CoLinkPlatform;

/// <summary>Every service of a platform, each a process of its own.</summary>
internal sealed class RunningPlatform : IAsyncDisposable
{
    private readonly List<ServiceProcess> _services = [];

    public IReadOnlyList<ServiceProcess> Services => _services;

    public ServiceProcess this[string name] => _services.Single(service => service.Name == name);

    /// <param name="port">Where each listens on the loopback; 0 is a free one.</param>
    /// <param name="settings">Environment variables of a service, such as <c>ConnectionStrings__Postgres</c>.</param>
    public static async Task<RunningPlatform> StartAsync(
        Platform platform, Func<Service, int> port, Func<Service, IEnumerable<KeyValuePair<string, string>>>? settings = null)
    {
        var running = new RunningPlatform();
        try
        {
            // One after the other: each start takes a core, and all at once would only take longer.
            foreach (var service in platform.Services)
            {
                var process = new ServiceProcess(service.Name, port(service), settings?.Invoke(service) ?? []);
                running._services.Add(process);
                await process.StartAsync();
            }

            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_services.Select(service => service.DisposeAsync().AsTask()));
}
