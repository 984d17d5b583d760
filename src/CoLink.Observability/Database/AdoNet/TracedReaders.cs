namespace CoLink.Observability.Database.AdoNet;

/// <summary>
/// The readers of a connection that have a span and are open still. Some drivers close a reader with its connection and tell nobody;
/// its span must not last for ever.
/// </summary>
internal sealed class TracedReaders
{
    private readonly HashSet<ObservedReader> _open = new(ReferenceEqualityComparer.Instance);

    public void Add(ObservedReader reader)
    {
        lock (_open)
            _open.Add(reader);
    }

    public void Remove(ObservedReader reader)
    {
        lock (_open)
            _open.Remove(reader);
    }

    public void Abandon()
    {
        ObservedReader[] open;
        lock (_open)
        {
            open = [.. _open];
            _open.Clear();
        }

        foreach (var reader in open)
            reader.Abandon();
    }
}
