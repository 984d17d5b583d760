using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using CsCheck;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

public sealed class SpoolPropertyTests
{
    /// <summary>Segments of 256 bytes: some payloads share one, some have one of their own, and some are larger than the spool.</summary>
    private const long MaxBytes = 4096;

    private enum Step
    {
        Append,
        Hold,
        Take,
        Complete,
        GiveBack,
        Reopen,
        Flush,
    }

    [Fact]
    public void Whatever_is_done_to_a_spool_it_holds_and_counts_what_a_list_would()
    {
        var step = Gen.Frequency(
            (30, Gen.Const(Step.Append)), (5, Gen.Const(Step.Hold)), (25, Gen.Const(Step.Take)), (20, Gen.Const(Step.Complete)),
            (10, Gen.Const(Step.GiveBack)), (3, Gen.Const(Step.Reopen)), (2, Gen.Const(Step.Flush)));
        var length = Gen.Frequency((20, Gen.Int[0, 150]), (5, Gen.Int[150, 1000]), (1, Gen.Int[3900, 4100]));
        Gen.Select(step, length, Gen.Int[0, 9], Gen.Bool).Array[1, 120].Sample(
            steps =>
            {
                using var run = new Run();
                for (var i = 0; i < steps.Length; i++)
                    run.Do(steps[i].Item1, number: i, steps[i].Item2, entries: steps[i].Item3, attempted: steps[i].Item4);
                run.DrainInNextProcess();
            },
            iter: 400, threads: 1);
    }

    private sealed class Run : IDisposable
    {
        private readonly SpoolPlace _place = new();
        private readonly SpoolModel _model = new(MaxBytes);
        private readonly Dictionary<int, SpoolPayload> _taken = [];

        public Run() => _place.Open(MaxBytes);

        public void Do(Step step, int number, int length, int entries, bool attempted)
        {
            switch (step)
            {
                case Step.Append or Step.Hold:
                    Append(new SpoolModel.Payload(number, length, entries, attempted), step == Step.Hold);
                    break;
                case Step.Take:
                    Take();
                    break;
                case Step.Complete when _model.Taken.Count > 0:
                    var done = _model.Taken[length % _model.Taken.Count];
                    _model.Complete(done);
                    _taken.Remove(done.Number, out var completed);
                    _place.Deliver(completed!);
                    break;
                case Step.GiveBack when _model.Taken.Count > 0:
                    var back = _model.Taken[length % _model.Taken.Count];
                    _model.GiveBack(back);
                    _taken.Remove(back.Number, out var returned);
                    _place.Spool.GiveBack(returned!);
                    break;
                case Step.Reopen:
                    _model.Reopen();
                    _taken.Clear();
                    _place.Open(MaxBytes);
                    break;
                case Step.Flush:
                    Assert.True(_place.Spool.Flush());
                    break;
            }

            Compare();
        }

        public void DrainInNextProcess()
        {
            Do(Step.Reopen, 0, 0, 0, attempted: false);
            while (Take())
                Do(Step.Complete, 0, 0, 0, attempted: false);
            Assert.Empty(_place.Segments);
            Compare();
        }

        public void Dispose() => _place.Dispose();

        private static byte[] Body(SpoolModel.Payload payload) => [.. Enumerable.Range(0, payload.Length).Select(i => (byte)(i + payload.Number))];

        private void Append(SpoolModel.Payload payload, bool hold)
        {
            var header = new SpoolHeader(payload.Entries, payload.Number, payload.Number + 1, payload.Attempted);
            SpoolPlace.Emit(_place.Ledger, payload.Entries);
            SpoolPayload? held = null;
            var isWritten = hold ? _place.Spool.TryHold(Body(payload), header, out held) : _place.Spool.TryAppend(Body(payload), header);
            Assert.Equal(_model.Append(payload, hold), isWritten);
            if (held is not null)
                _taken.Add(payload.Number, held);
        }

        private bool Take()
        {
            var expected = _model.Take();
            Assert.Equal(expected is not null, _place.Spool.TryTake(out var payload));
            if (expected is null)
                return false;
            Assert.Equal(new SpoolHeader(expected.Entries, expected.Number, expected.Number + 1, expected.Attempted), payload!.Header);
            Assert.Equal(Body(expected), payload.Body.Span);
            _taken.Add(expected.Number, payload);
            return true;
        }

        private void Compare()
        {
            var balance = _place.Balance();
            Assert.Equal(
                (_model.Adopted, _model.InFlight, _model.Spooled, _model.Delivered, _model.Dropped),
                (balance.Adopted, balance.InFlight, balance.Spooled, balance.Of(LogFate.Delivered), balance.Of(LogFate.DroppedSpool)));
            Assert.Equal((_model.Bytes, _model.Oldest), (_place.Spool.Bytes, _place.Spool.OldestNanoseconds));
            Assert.Equal(_model.Bytes, _place.Segments.Sum(file => new FileInfo(file).Length));
            Assert.InRange(_place.Spool.Bytes, 0, MaxBytes);
        }
    }
}
