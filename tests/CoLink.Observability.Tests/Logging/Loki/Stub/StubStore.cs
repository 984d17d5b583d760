using System.Globalization;

namespace CoLink.Observability.Tests.Logging.Loki.Stub;

/// <summary>What a real Loki 3.4 with default limits was seen to do with a push.</summary>
/// <param name="time">Its clock.</param>
/// <param name="keep">Keeps an entry of a stream in place of the store, and says whether it is new; null for the store itself.</param>
internal sealed class StubStore(TimeProvider time, Func<string, StubEntry, bool>? keep = null)
{
    private const int MostLabels = 15;
    private const int MostBytes = 4 * 1024 * 1024;
    private const int Burst = 6 * 1024 * 1024;
    private const long Hour = 3_600_000_000_000;
    private const int MostComplaints = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<StubEntry>> _streams = [];
    private readonly Dictionary<string, long> _newest = [];
    private readonly HashSet<(string Stream, long Nanoseconds, string Line)> _known = [];

    /// <summary>What an operator may have set lower than it is by default.</summary>
    public int LongestLine { get; set; } = 262_144;

    /// <summary>How many entries came again.</summary>
    public int Duplicates { get; private set; }

    public IReadOnlyDictionary<string, IReadOnlyList<StubEntry>> Streams
    {
        get
        {
            lock (_gate)
                return _streams.ToDictionary(stream => stream.Key, stream => (IReadOnlyList<StubEntry>)[.. stream.Value]);
        }
    }

    public (int Status, string Text) Push(IReadOnlyList<StubStream> streams)
    {
        var bytes = streams.Sum(stream => stream.Entries.Sum(entry => entry.Bytes));
        if (bytes > Burst)
            return (429, $"Ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while attempting to ingest '{streams.Sum(stream => stream.Entries.Count)}' lines totaling '{bytes}' bytes, reduce log volume");
        if (bytes > MostBytes)
            return (500, $"rpc error: code = ResourceExhausted desc = grpc: received message larger than max ({bytes} vs. {MostBytes})");
        lock (_gate)
        {
            var complaint = "";
            var valid = streams.Select(stream => stream with { Entries = [.. stream.Entries.Where(entry => IsValid(stream, entry, ref complaint))] }).ToArray();

            // Each stream answers for itself, and what the last one says is what is answered.
            var behind = "";
            foreach (var stream in valid.Where(stream => stream.Entries.Count > 0))
                behind = Ingest(stream);
            return behind.Length > 0 ? (400, behind) : complaint.Length > 0 ? (400, complaint) : (204, "");
        }
    }

    private bool IsValid(StubStream stream, StubEntry entry, ref string complaint)
    {
        var names = stream.Labels.Count + (stream.Labels.ContainsKey("service_name") ? 0 : 1);
        var (now, made) = (time.GetUtcNow(), DateTimeOffset.UnixEpoch.AddTicks(entry.Nanoseconds / 100));
        var found = stream.Labels.Count == 0 ? "error at least one label pair is required per stream"
            : names > MostLabels ? $"entry for stream '{stream.Name}' has {names} label names; limit {MostLabels}"
            : made < now - TimeSpan.FromDays(7) ? $"entry for stream '{stream.Name}' has timestamp too old: {Text(made)}, oldest acceptable timestamp is: {Text(now - TimeSpan.FromDays(7))}"
            : made > now + TimeSpan.FromMinutes(10) ? $"entry for stream '{stream.Name}' has timestamp too new: {Text(made)}"
            : entry.Bytes - entry.Metadata.Sum(pair => pair.Key.Length + pair.Value.Length) is var length && length > LongestLine ? $"Max entry size '{LongestLine}' bytes exceeded for stream '{stream.Name}' while adding an entry with length '{length}' bytes"
            : "";
        if (complaint.Length == 0)
            complaint = found;
        return found.Length == 0;
    }

    private string Ingest(StubStream stream)
    {
        var name = stream.Name;
        var behind = new List<StubEntry>();
        foreach (var entry in stream.Entries)
        {
            if (_newest.TryGetValue(name, out var newest) && entry.Nanoseconds < newest - Hour)
            {
                behind.Add(entry);
                continue;
            }

            _newest[name] = Math.Max(entry.Nanoseconds, _newest.GetValueOrDefault(name, long.MinValue));
            if (!(keep ?? Keep)(name, entry))
                Duplicates++;
        }

        if (behind.Count == 0)
            return "";
        var lines = behind.Take(MostComplaints).Select(entry => $"entry with timestamp {entry.Nanoseconds} ignored, reason: 'entry too far behind, entry timestamp is: {entry.Nanoseconds}, oldest acceptable timestamp is: {_newest[name] - Hour}',");
        return $"{string.Join('\n', lines)}\nuser 'fake', total ignored: {behind.Count} out of {stream.Entries.Count} for stream: {name}";
    }

    private bool Keep(string stream, StubEntry entry)
    {
        if (!_streams.TryGetValue(stream, out var stored))
            stored = _streams[stream] = [];
        if (!_known.Add((stream, entry.Nanoseconds, entry.Line)))
            return false;
        stored.Add(entry);
        return true;
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
