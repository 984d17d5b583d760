using CoLink.Observability.Logging.Loki.Spool;

namespace CoLink.Observability.Logging.Loki;

/// <summary>
/// One batch on its way to Loki, until each of its entries has met its fate. Where Loki takes nothing now it stops, knows what remains,
/// and can be run again or have the rest taken off.
/// </summary>
internal sealed class Delivery : IDisposable
{
    /// <summary>Loki's <c>reject_old_samples_max_age</c> and <c>creation_grace_period</c>.</summary>
    private static readonly TimeSpan OldestTaken = TimeSpan.FromDays(7);
    private static readonly TimeSpan NewestTaken = TimeSpan.FromMinutes(10);

    /// <summary>A push that fails again and again in the same way may fail for its size.</summary>
    private const int FailuresUntilHalved = 3;

    /// <summary>
    /// Twenty refused lines in a thousand stand alone by then. What is left was in a refused push, and Loki has stored the good ones of
    /// it: they count as refused, rather than have every batch pushed a thousand times.
    /// </summary>
    private const int MostBisections = 200;

    private readonly PushBatch _batch;
    private readonly ReadOnlyMemory<byte> _labels;
    private readonly LokiClient _client;
    private readonly PushBody _body;
    private readonly LogLedger _ledger;
    private readonly LokiHealth _health;
    private readonly TimeProvider _time;
    private readonly Stack<Slice> _pending = new();
    private bool _mayBeStored;
    private int _bisections;
    private int _failures;
    private int _failedWith;

    /// <param name="batch">In hands; disposed of with the delivery.</param>
    /// <param name="labels">The stream it goes to, as a JSON object.</param>
    /// <param name="client">Pushes.</param>
    /// <param name="body">Makes the bodies.</param>
    /// <param name="ledger">Has the fates.</param>
    /// <param name="health">Hears how each push went.</param>
    /// <param name="time">Whose seven days and ten minutes it is.</param>
    public Delivery(PushBatch batch, ReadOnlyMemory<byte> labels, LokiClient client, PushBody body, LogLedger ledger, LokiHealth health, TimeProvider time)
    {
        (_batch, _labels, _client, _body, _ledger, _health, _time) = (batch, labels, client, body, ledger, health, time);
        _pending.Push(new Slice(0, batch.Count, null));
    }

    /// <summary>The stream for what its own takes no more, being too far behind; null where there is no other.</summary>
    public ReadOnlyMemory<byte>? Lane { get; init; }

    public PushBatch Batch => _batch;

    /// <summary>Whether Loki may have stored some of what remains, under these labels.</summary>
    public bool MayBeStored { get => _mayBeStored; init => _mayBeStored = value; }

    /// <summary>How many entries have met no fate yet.</summary>
    public int Remaining => _pending.Sum(slice => slice.Count);

    /// <summary>When the oldest of them was made, in nanoseconds; the largest number where there is none.</summary>
    public long Oldest => _pending.Select(slice => _batch.At(slice.From)).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>Pushes until everything has met its fate, or until Loki takes nothing; whether the former.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; what was on its way remains.</exception>
    public bool Run(CancellationToken cancellation)
    {
        Sift();
        while (_pending.TryPeek(out var slice))
        {
            cancellation.ThrowIfCancellationRequested();
            var answer = Push(slice, cancellation);
            if (answer.Verdict is PushVerdict.Later or PushVerdict.Misconfigured)
            {
                _mayBeStored |= answer.MayBeStored;
                _health.Failed(answer);
                HalveAfterFailures(slice, answer.Status);
                return false;
            }

            _failures = 0;
            _pending.Pop();
            Settle(slice, answer);
        }

        return true;
    }

    /// <summary>Sends all of it to <see cref="Lane"/>.</summary>
    public void TakeLane()
    {
        var slices = _pending.ToArray();
        _pending.Clear();
        foreach (var slice in slices.Reverse())
            _pending.Push(slice with { IsInLane = true });
    }

    /// <summary>Takes the rest off, to a fate; how many.</summary>
    public int Give(LogFate fate)
    {
        var rest = Remaining;
        _ledger.Settled(fate, rest);
        _pending.Clear();
        return rest;
    }

    /// <summary>Somebody else has the rest.</summary>
    public void LetGo() => _pending.Clear();

    /// <summary>Takes the rest off into the spool.</summary>
    /// <returns>False where the spool takes no more; what it did not take remains.</returns>
    public bool Spool(LogSpool spool)
    {
        while (_pending.TryPeek(out var slice))
        {
            var times = Times(slice).ToArray();
            var header = new SpoolHeader(slice.Count, times.Min(), times.Max(), Attempted: MayBeStored && !slice.IsInLane);
            if (!spool.TryAppend(_body.Encode(_batch, _batch.Labels, slice.From, slice.To).Span, header))
                return false;
            _pending.Pop();
        }

        return true;
    }

    public void Dispose() => _batch.Dispose();

    private PushAnswer Push(Slice slice, CancellationToken cancellation)
    {
        try
        {
            return _client.Push(_body.Encode(_batch, slice.IsInLane ? Lane!.Value : _labels, slice.From, slice.To), cancellation);
        }
        catch (OperationCanceledException)
        {
            _mayBeStored = true;
            throw;
        }
    }

    /// <summary>What Loki would refuse is not sent: a refusal takes many pushes to be told from the rest.</summary>
    private void Sift()
    {
        var now = _time.GetUtcNow();
        var (oldest, newest) = (LokiTime.Of(now - OldestTaken), LokiTime.Of(now + NewestTaken));
        if (_batch.Oldest >= oldest && _batch.Newest <= newest)
            return;
        var slices = _pending.ToArray();
        _pending.Clear();
        foreach (var slice in slices.SelectMany(slice => Runs(slice, oldest, newest)).Reverse())
            _pending.Push(slice);
    }

    private IEnumerable<Slice> Runs(Slice slice, long oldest, long newest)
    {
        LogRefusal? Refusal(int index) => _batch.At(index) < oldest ? LogRefusal.TooOld : _batch.At(index) > newest ? LogRefusal.TooNew : null;
        for (int from = slice.From, to; from < slice.To; from = to)
        {
            var refusal = Refusal(from);
            for (to = from + 1; to < slice.To && Refusal(to) == refusal;)
                to++;
            if (refusal is { } reason)
                Reject(reason, to - from, "by the clock here");
            else
                yield return slice with { From = from, To = to };
        }
    }

    private void HalveAfterFailures(Slice slice, int status)
    {
        _failures = status == _failedWith ? _failures + 1 : 1;
        _failedWith = status;
        if (_failures < FailuresUntilHalved || status is not (429 or >= 500) || slice.Count == 1)
            return;
        _failures = 0;
        _pending.Pop();
        Split(slice, slice.Refusal);
    }

    /// <summary>What is to be told of it is told before it is counted: who sees the count finds the rest.</summary>
    private void Settle(Slice slice, PushAnswer answer)
    {
        _health.Answered(hasStored: answer.Verdict == PushVerdict.Taken);
        if (answer.Verdict == PushVerdict.Taken)
        {
            _ledger.Settled(LogFate.Delivered, slice.Count);
            return;
        }

        if (answer.Verdict == PushVerdict.Refused)
        {
            Refuse(slice, answer.Text);
        }
        else if (slice.Count > 1)
        {
            Split(slice, slice.Refusal);
        }
        else
        {
            _health.Oversized(answer.Text);
            _ledger.Settled(LogFate.Oversized, 1);
        }
    }

    private void Refuse(Slice slice, string text)
    {
        var refusal = PushRefusal.Parse(text);
        if (Lane is not null && !slice.IsInLane && refusal.IsTooFarBehind)
            Redirect(slice, refusal);
        else if (refusal.Counted is { } counted)
        {
            // What the distributor refused did not come as far as the ingester, who counts.
            var stored = Math.Max(0, Math.Min(counted.OutOf, slice.Count) - counted.Ignored);
            _ledger.Settled(LogFate.Delivered, stored);
            Reject(refusal.Reason, slice.Count - stored, text);
        }
        else if (slice.Count == 1)
        {
            Reject(refusal.Reason, 1, text);
            if (refusal.IsAboutTime)
                RejectBeyond(_batch.At(slice.From), refusal.Reason, text);
        }
        else if (IsRefusedAsAWhole(slice, refusal, text))
        {
            Reject(refusal.Reason, slice.Count, text);
        }
        else
        {
            _bisections++;
            _mayBeStored = true;
            Split(slice, text, newestFirst: refusal.Reason == LogRefusal.TooOld);
        }
    }

    /// <summary>The older ones are refused: halves are pushed until one is refused as a whole. What was stored of it is known by its time and line.</summary>
    private void Redirect(Slice slice, PushRefusal refusal)
    {
        _mayBeStored = true;
        if (slice.Count > 1 && refusal.Counted is { } counted && counted.Ignored < slice.Count)
            Split(slice, slice.Refusal);
        else
            _pending.Push(slice with { IsInLane = true, Refusal = null });
    }

    /// <summary>A text that is the same for a push and for its half is not about an entry.</summary>
    private bool IsRefusedAsAWhole(Slice slice, PushRefusal refusal, string text) =>
        refusal.Reason == LogRefusal.Labels || (slice.Refusal == text && !refusal.IsAboutAnEntry) || (slice.Refusal is not null && _bisections >= MostBisections);

    /// <summary>Where one entry is too old or too new, so is what is older or newer. Of that the stored ones are known: it has been refused once.</summary>
    private void RejectBeyond(long time, LogRefusal reason, string text)
    {
        var slices = _pending.ToArray();
        _pending.Clear();
        foreach (var slice in slices.Reverse())
        {
            if (slice.Refusal is not null && (reason == LogRefusal.TooNew ? Times(slice).Min() >= time : Times(slice).Max() <= time))
                Reject(reason, slice.Count, text);
            else
                _pending.Push(slice);
        }
    }

    private void Reject(LogRefusal reason, int entries, string text)
    {
        if (entries == 0)
            return;
        _health.Refused(reason, entries, text);
        _ledger.Rejected(reason, entries);
    }

    private void Split(Slice slice, string? refusal, bool newestFirst = false)
    {
        var middle = slice.From + (slice.Count / 2);
        var (older, newer) = (slice with { To = middle, Refusal = refusal }, slice with { From = middle, Refusal = refusal });
        _pending.Push(newestFirst ? older : newer);
        _pending.Push(newestFirst ? newer : older);
    }

    private IEnumerable<long> Times(Slice slice) => Enumerable.Range(slice.From, slice.Count).Select(_batch.At);

    /// <param name="From">The first entry.</param>
    /// <param name="To">The one behind the last.</param>
    /// <param name="Refusal">What Loki said to a push that it was part of, whose good entries are stored; null where there was none.</param>
    /// <param name="IsInLane">Whether it goes to <see cref="Lane"/>.</param>
    private readonly record struct Slice(int From, int To, string? Refusal, bool IsInLane = false)
    {
        public int Count => To - From;
    }
}
