using System.Data.Common;
using System.Runtime.CompilerServices;

namespace CoLink.Observability.Database;

/// <summary>
/// One field of SqlClient's events. They are lists of pairs, so no type of the client's is needed, but each look makes a pair and may
/// box its value: only the place where the field was last is looked at, and the others where it is not there.
/// </summary>
internal sealed class PayloadField(string name)
{
    private int _place;

    public object? Of(object? payload)
    {
        if (payload is not IReadOnlyList<KeyValuePair<string, object?>> fields)
            return null;
        var place = Volatile.Read(ref _place);
        if (place < fields.Count && fields[place] is { } field && field.Key == name)
            return field.Value;
        for (var i = 0; i < fields.Count; i++)
        {
            field = fields[i];
            if (field.Key != name)
                continue;
            Volatile.Write(ref _place, i);
            return field.Value;
        }

        return null;
    }
}

/// <summary>
/// When each command under way was started. A command is its own key, for it runs once at a time; several dictionaries, so that many
/// threads seldom meet, and none of them grows where ends are never told.
/// </summary>
internal sealed class StartedCommands
{
    private const int Stripes = 16;

    /// <summary>More commands are not under way in one stripe but forgotten by their driver.</summary>
    private const int MaxInStripe = 1_024;

    private readonly Dictionary<DbCommand, long>[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new Dictionary<DbCommand, long>(ReferenceEqualityComparer.Instance))];

    public void Start(DbCommand command, long timestamp)
    {
        var stripe = StripeOf(command);
        lock (stripe)
        {
            if (stripe.Count >= MaxInStripe)
                stripe.Clear();
            stripe[command] = timestamp;
        }
    }

    public bool TryEnd(DbCommand command, out long started)
    {
        var stripe = StripeOf(command);
        lock (stripe)
            return stripe.Remove(command, out started);
    }

    private Dictionary<DbCommand, long> StripeOf(DbCommand command) => _stripes[RuntimeHelpers.GetHashCode(command) & (Stripes - 1)];
}
