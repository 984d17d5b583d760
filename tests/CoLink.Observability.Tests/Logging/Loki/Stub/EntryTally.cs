using System.Globalization;

namespace CoLink.Observability.Tests.Logging.Loki.Stub;

/// <summary>Keeps of each numbered entry where and when it was stored, in memory taken before the first: millions of lines would not leave room for what is measured beside them.</summary>
/// <param name="most">How many numbers there are.</param>
internal sealed class EntryTally(int most)
{
    private const string Number = "\"event ";
    private const string Lane = "replay=\"";

    private readonly long[] _times = new long[most];
    private readonly byte[] _streams = new byte[most];
    private readonly List<string> _names = [];
    private int _inOwnStream;
    private int _inLanes;
    private int _twice;

    /// <summary>How many were stored.</summary>
    public int Stored => InOwnStream + InLanes;

    /// <summary>Of them in a stream without a lane.</summary>
    public int InOwnStream => Volatile.Read(ref _inOwnStream);

    /// <summary>Of them in a lane.</summary>
    public int InLanes => Volatile.Read(ref _inLanes);

    /// <summary>How many Loki would show a second time: they came again, in another stream or under another time.</summary>
    public int Twice => Volatile.Read(ref _twice);

    public IReadOnlyList<string> Streams => _names;

    public bool Has(int number) => _times[number] != 0;

    public bool IsInLane(int number) => IsLane(_names[_streams[number]]);

    /// <summary>As the stub asks: whether the entry is new to its stream. The stub asks in one thread at a time.</summary>
    public bool Keep(string stream, StubEntry entry)
    {
        var number = NumberIn(entry.Line);
        var index = _names.IndexOf(stream);
        if (index < 0)
        {
            index = _names.Count;
            _names.Add(stream);
        }

        if (_times[number] != 0)
        {
            if (_times[number] == entry.Nanoseconds && _streams[number] == index)
                return false;
            Volatile.Write(ref _twice, _twice + 1);
            return true;
        }

        (_times[number], _streams[number]) = (entry.Nanoseconds, (byte)index);
        if (IsLane(stream))
            Volatile.Write(ref _inLanes, _inLanes + 1);
        else
            Volatile.Write(ref _inOwnStream, _inOwnStream + 1);
        return true;
    }

    private static bool IsLane(string stream) => stream.Contains(Lane, StringComparison.Ordinal);

    private static int NumberIn(string line)
    {
        var digits = line.AsSpan(line.IndexOf(Number, StringComparison.Ordinal) + Number.Length);
        return int.Parse(digits[..digits.IndexOfAnyExceptInRange('0', '9')], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
