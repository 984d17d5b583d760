using System.Runtime.CompilerServices;
using CoLink.Observability.Database;
using MongoDB.Driver.Core.Configuration;

namespace CoLink.Observability.MongoDB;

/// <summary>
/// Clients share a cluster, and its connections, where their settings are equal, and the driver compares configurators by reference.
/// So a host has one, and one for each of the app's own, however often the settings are made.
/// </summary>
internal sealed class ClusterConfigurators
{
    private readonly Action<ClusterBuilder> _ours;
    private readonly ConditionalWeakTable<Action<ClusterBuilder>, Action<ClusterBuilder>> _afterOwn = [];

    public ClusterConfigurators(PoolTotals totals) => _ours = cluster => new PoolEvents(totals).Subscribe(cluster);

    /// <param name="own">What the app configures itself, or what this returned before.</param>
    public Action<ClusterBuilder> With(Action<ClusterBuilder>? own)
    {
        if (own is null)
            return _ours;
        return own.GetInvocationList().Contains(_ours) ? own : _afterOwn.GetValue(own, first => first + _ours);
    }
}
