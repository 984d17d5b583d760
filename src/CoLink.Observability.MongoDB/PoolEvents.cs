using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using CoLink.Observability.Database;
using MongoDB.Driver.Core.Configuration;
using MongoDB.Driver.Core.Connections;
using MongoDB.Driver.Core.Events;
using MongoDB.Driver.Core.Servers;

namespace CoLink.Observability.MongoDB;

/// <summary>Follows the pools of one cluster: a client has one pool a server.</summary>
internal sealed class PoolEvents(PoolTotals totals)
{
    private readonly ConcurrentDictionary<ServerId, ServerPool> _pools = new();

    public void Subscribe(ClusterBuilder cluster) => cluster
        .Subscribe<ConnectionPoolOpenedEvent>(opened => _pools.TryAdd(opened.ServerId, new ServerPool(totals, Address(opened.ServerId.EndPoint), Max(opened))))
        .Subscribe<ConnectionPoolClosedEvent>(closed =>
        {
            if (_pools.TryRemove(closed.ServerId, out var pool))
                pool.Close();
        })
        .Subscribe<ConnectionOpenedEvent>(opened => Find(opened.ConnectionId)?.Opened(opened.ConnectionId.LongLocalValue))
        .Subscribe<ConnectionClosedEvent>(closed => Find(closed.ConnectionId)?.Closed(closed.ConnectionId.LongLocalValue))
        .Subscribe<ConnectionPoolCheckedOutConnectionEvent>(taken => Find(taken.ConnectionId)?.Moved(taken.ConnectionId.LongLocalValue, isInUse: true))
        .Subscribe<ConnectionPoolCheckedInConnectionEvent>(returned => Find(returned.ConnectionId)?.Moved(returned.ConnectionId.LongLocalValue, isInUse: false));

    private ServerPool? Find(ConnectionId connection) => _pools.GetValueOrDefault(connection.ServerId);

    /// <summary>The driver's way to say that there is no maximum is the greatest number.</summary>
    private static int? Max(ConnectionPoolOpenedEvent opened) => opened.ConnectionPoolSettings.MaxConnections is > 0 and < int.MaxValue and var max ? max : null;

    private static string Address(EndPoint endPoint) => endPoint is DnsEndPoint dns
        ? string.Create(CultureInfo.InvariantCulture, $"{dns.Host}:{dns.Port}") : endPoint.ToString() ?? "";
}

/// <summary>The pool of one client to one server. The driver tells what happens to a connection, not how many there are.</summary>
internal sealed class ServerPool
{
    private readonly Dictionary<long, bool> _isInUse = [];
    private readonly PoolTotal _total;
    private readonly int? _max;
    private bool _isClosed;

    public ServerPool(PoolTotals totals, string address, int? max)
    {
        _max = max;
        _total = totals.Join(DbSystem.MongoDb, "", address);
        _total.Change(active: 0, idle: 0, max);
    }

    public void Opened(long connection)
    {
        lock (_isInUse)
        {
            if (!_isClosed && _isInUse.TryAdd(connection, false))
                _total.Change(active: 0, idle: 1);
        }
    }

    /// <summary>Taken from the pool or given back to it.</summary>
    public void Moved(long connection, bool isInUse)
    {
        lock (_isInUse)
        {
            if (_isClosed || !_isInUse.TryGetValue(connection, out var before) || before == isInUse)
                return;
            _isInUse[connection] = isInUse;
            _total.Change(active: isInUse ? 1 : -1, idle: isInUse ? -1 : 1);
        }
    }

    public void Closed(long connection)
    {
        lock (_isInUse)
        {
            if (!_isClosed && _isInUse.Remove(connection, out var isInUse))
                _total.Change(active: isInUse ? -1 : 0, idle: isInUse ? 0 : -1);
        }
    }

    public void Close()
    {
        lock (_isInUse)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            var active = _isInUse.Values.Count(isInUse => isInUse);
            _total.Change(-active, active - _isInUse.Count, -_max);
            _total.Leave();
        }
    }
}
