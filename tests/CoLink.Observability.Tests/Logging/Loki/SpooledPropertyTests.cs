using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using CsCheck;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>
/// Any sequence of events, trouble, restarts and kills: every event is accounted for in each life, and at the end everything is stored
/// once but for what Loki refuses and what a killed process held in memory alone.
/// </summary>
public sealed class SpooledPropertyTests
{
    private static readonly Gen<Step> Steps = Gen.Frequency(
        (8, Gen.Int[1, 60].Select(events => (Step)new Emit(events))),
        (1, Gen.Int[1, 5].Select(events => (Step)new EmitOld(events))),
        (4, Gen.OneOf(Array.ConvertAll(new[] { "503", "429", "401", "cut", "take and cut", "hang", "take and hang", "take and 500" }, Gen.Const)).Select(kind => (Step)new Outage(kind))),
        (3, Gen.Const((Step)new Recovery())),
        (2, Gen.Const((Step)new Restart())),
        (2, Gen.Const((Step)new Kill())));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Every_event_is_accounted_for_and_none_is_lost_but_from_the_memory_of_a_killed_process(bool writesAhead) => Steps.Array[1, 12].SampleAsync(
        async steps =>
        {
            await using var loki = await StubLoki.StartAsync();
            await using var run = new Run(loki, writesAhead);
            foreach (var step in steps)
                await run.DoAsync(step);
            await run.EndAsync();

            var stored = loki.Lines;
            Assert.Equal(stored.Count, stored.Distinct().Count());
            Assert.InRange(run.Emitted.Select(Some.Line).Except(stored).Count(), 0, run.InMemoryAtKills);
            Assert.Empty(stored.Except(run.Emitted.Select(Some.Line)));
        },
        iter: 20, threads: 1);

    private static StubFault Fault(string kind) => kind switch
    {
        "cut" => StubFault.CutBefore,
        "take and cut" => StubFault.CutAfter,
        "hang" => StubFault.Hang,
        "take and hang" => StubFault.TakeAndHang,
        "take and 500" => StubFault.Answer(500).AfterStoring(),
        _ => StubFault.Answer(int.Parse(kind)),
    };

    private sealed class Run(StubLoki loki, bool writesAhead) : IAsyncDisposable
    {
        private readonly List<DirectoryInfo> _directories = [];
        private SpooledLife? _life;

        public List<string> Emitted { get; } = [];

        /// <summary>How many events were nowhere but in the memory of a process that was killed.</summary>
        public int InMemoryAtKills { get; private set; }

        public async Task DoAsync(Step step)
        {
            _life ??= Begin(NewDirectory());
            switch (step)
            {
                case Emit(var events):
                    Emitted.AddRange(_life.Emit(events));
                    break;
                case EmitOld(var events):
                    for (var i = 0; i < events; i++)
                        _life.Shipper.Sink.Emit(Some.Event("old", TimeProvider.System.GetUtcNow().AddDays(-8)));
                    break;
                case Outage(var kind):
                    loki.Fault = _ => Fault(kind);
                    break;
                case Recovery:
                    loki.Fault = null;
                    break;
                case Restart:
                    await _life.DisposeAsync();
                    _life = Begin(_directories[^1]);
                    break;
                default:
                    await KillAsync(_life);
                    break;
            }
        }

        public async Task EndAsync()
        {
            loki.Fault = null;
            _life ??= Begin(NewDirectory());
            await Eventually.IsTrue(() => _life.Shipper.Door!.Spool is not null && _life.Balance.Held == 0);
        }

        public async ValueTask DisposeAsync()
        {
            if (_life is not null)
                await _life.DisposeAsync();
            foreach (var directory in _directories)
                directory.Delete(recursive: true);
        }

        /// <summary>Its files as they are at that moment are what the next process finds; it itself reaches nobody any more.</summary>
        private async Task KillAsync(SpooledLife life)
        {
            var (fault, balance) = (loki.Fault, life.Balance);
            loki.Fault = _ => StubFault.CutBefore;
            var copy = NewDirectory();
            foreach (var file in _directories[^2].GetFiles().Where(file => file.Name != "lock"))
            {
                try
                {
                    using var from = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    using var to = File.Create(Path.Combine(copy.FullName, file.Name));
                    await from.CopyToAsync(to);
                }
                catch (FileNotFoundException)
                {
                    // Deleted meanwhile: what was in it has met its fate.
                }
            }

            InMemoryAtKills += (int)(balance.Queued + balance.InFlight);
            await life.DisposeAsync();
            loki.Fault = fault;
            _life = Begin(copy);
        }

        private SpooledLife Begin(DirectoryInfo directory) => new(
            loki, directory.FullName, first: Emitted.Count,
            set: options => (options.BatchSize, options.BatchPeriod, options.Timeout, options.WriteAhead) = (25, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(100), writesAhead));

        private DirectoryInfo NewDirectory()
        {
            _directories.Add(Directory.CreateTempSubdirectory("colink-spool-"));
            return _directories[^1];
        }
    }

    private abstract record Step;

    private sealed record Emit(int Events) : Step;

    private sealed record EmitOld(int Events) : Step;

    private sealed record Outage(string Kind) : Step;

    private sealed record Recovery : Step;

    private sealed record Restart : Step;

    private sealed record Kill : Step;
}
