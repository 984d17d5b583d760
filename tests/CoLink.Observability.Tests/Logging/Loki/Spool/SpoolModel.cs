namespace CoLink.Observability.Tests.Logging.Loki.Spool;

/// <summary>What a spool holds and counts, in a few lists.</summary>
internal sealed class SpoolModel(long maxBytes)
{
    private readonly List<Segment> _segments = [];
    private bool _hasActive;

    public long Adopted { get; private set; }

    public long InFlight { get; private set; }

    public long Delivered { get; private set; }

    public long Dropped { get; private set; }

    public List<Payload> Taken { get; } = [];

    public long Bytes => _segments.Sum(segment => segment.Length);

    public long Spooled => Waiting.Sum(payload => (long)payload.Entries);

    public long? Oldest => _segments.SelectMany(segment => segment.Payloads).Where(payload => !payload.IsDone).Min(payload => (long?)payload.Number);

    private IEnumerable<Payload> Waiting => _segments.SelectMany(segment => segment.Payloads).Where(payload => !payload.IsDone && !Taken.Contains(payload));

    public bool Append(Payload payload, bool hold)
    {
        InFlight += payload.Entries;
        var size = 40 + payload.Length;
        if (size + 16 > maxBytes)
            return false;
        while (true)
        {
            var fits = _hasActive && _segments[^1].Length + size <= maxBytes / 16;
            if (Bytes + size + (fits ? 0 : 16) > maxBytes)
            {
                Remove(_segments[0], drop: true);
                continue;
            }

            if (!fits)
                _segments.Add(new Segment());
            _hasActive = true;
            _segments[^1].Payloads.Add(payload);
            if (hold)
                Taken.Add(payload);
            else
                InFlight -= payload.Entries;
            return true;
        }
    }

    public Payload? Take()
    {
        if (Waiting.OrderByDescending(payload => payload.Attempted).FirstOrDefault() is not { } payload)
            return null;
        Taken.Add(payload);
        InFlight += payload.Entries;
        return payload;
    }

    public void Complete(Payload payload)
    {
        Taken.Remove(payload);
        payload.IsDone = true;
        InFlight -= payload.Entries;
        Delivered += payload.Entries;
        if (SegmentOf(payload) is { } segment && segment.Payloads.All(other => other.IsDone))
            Remove(segment, drop: false);
    }

    public void GiveBack(Payload payload)
    {
        Taken.Remove(payload);
        InFlight -= payload.Entries;
        if (SegmentOf(payload) is null)
            Dropped += payload.Entries;
    }

    public void Reopen()
    {
        Taken.Clear();
        (InFlight, Delivered, Dropped) = (0, 0, 0);
        Adopted = Spooled;
        _hasActive = _segments.Count > 0;
    }

    private Segment? SegmentOf(Payload payload) => _segments.Find(segment => segment.Payloads.Contains(payload));

    private void Remove(Segment segment, bool drop)
    {
        if (drop)
            Dropped += segment.Payloads.Where(payload => !payload.IsDone && !Taken.Contains(payload)).Sum(payload => payload.Entries);
        _hasActive &= segment != _segments[^1];
        _segments.Remove(segment);
    }

    internal sealed record Payload(int Number, int Length, int Entries, bool Attempted)
    {
        public bool IsDone { get; set; }
    }

    private sealed class Segment
    {
        public List<Payload> Payloads { get; } = [];

        public long Length => 16 + Payloads.Sum(payload => 40L + payload.Length);
    }
}
