using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace CoLink.Observability.Hosting;

/// <summary>
/// Hears that a host is about to be built, from the announcement that the tools of ASP.NET Core and EF Core live on. It is made by
/// the builders of web applications and workers alike and before any container sees the services. <c>ConfigureContainer</c> is no
/// way for a library: on a worker's builder its last caller takes the container over, and an app's own container passes it by.
/// </summary>
/// <remarks>The announcements are the process'. Whoever is told of one must look whether it is its own, and is told until it is gone.</remarks>
internal sealed class HostBuilding : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string Listener = "Microsoft.Extensions.Hosting";
    private const string Announcement = "HostBuilding";

    /// <summary>Weak: the process must not keep the services of a builder that never builds.</summary>
    private readonly WeakReference<FinalServices> _final;
    private readonly Action<FinalServices, IHostBuilder> _built;
    private IDisposable? _subscription;

    private HostBuilding(FinalServices final, Action<FinalServices, IHostBuilder> built)
    {
        _final = new WeakReference<FinalServices>(final);
        _built = built;
    }

    public static void Subscribe(FinalServices final, Action<FinalServices, IHostBuilder> built)
    {
        var building = new HostBuilding(final, built);
        building._subscription = DiagnosticListener.AllListeners.Subscribe(building);
    }

    public void OnNext(DiagnosticListener value)
    {
        if (!_final.TryGetTarget(out var final) || final.WereSeen)
            _subscription?.Dispose();
        else if (value.Name == Listener)
            value.Subscribe(this, static name => name == Announcement);
    }

    /// <summary>An exception here would be the app's, out of its <c>Build</c>.</summary>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == Announcement && value.Value is IHostBuilder host && _final.TryGetTarget(out var final))
            _built(final, host);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
