using System.Runtime.CompilerServices;
using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>Whether a producer's client reports what became of its messages.</summary>
internal enum DeliveryReports
{
    /// <summary>It may or may not: the producer borrows the handle of one that nobody observes. Whoever passes a handler counts on it.</summary>
    Unknown,

    /// <summary>It does.</summary>
    On,

    /// <summary>The app has switched them off. A handler is refused, or, by a producer with a borrowed handle, kept for ever and never called.</summary>
    Off,
}

/// <summary>
/// What is known of the handles that observed producers have handed out: a producer that borrows one borrows its client's settings, and
/// does not tell them.
/// </summary>
internal sealed class KnownHandles
{
    private readonly ConditionalWeakTable<Handle, object> _reports = [];

    /// <summary>The client makes a handle anew whenever it is asked.</summary>
    public Handle Remember(Handle handle, DeliveryReports reports)
    {
        _reports.AddOrUpdate(handle, reports);
        return handle;
    }

    public DeliveryReports Of(Handle handle) => _reports.TryGetValue(handle, out var reports) ? (DeliveryReports)reports : DeliveryReports.Unknown;
}
