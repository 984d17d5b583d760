using System.Text.RegularExpressions;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>A process that writes ahead and is killed: what had left its queue is delivered, by it or by the next one.</summary>
public sealed partial class WriteAheadTests : IDisposable
{
    private const int Rounds = 50;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Every_batch_that_was_acknowledged_before_the_process_was_killed_is_delivered_once()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "Needs a POSIX shell.");
        await using var loki = await StubLoki.StartAsync();
        var acknowledged = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // Down, hanging after it has taken the push, dying in the middle, or well.
            StubFault?[] moods = [StubFault.Answer(503), StubFault.TakeAndHang, StubFault.CutBefore, StubFault.CutAfter, null];
            loki.Fault = _ => moods[round % moods.Length];
            var run = $"r{round}-";
            using (var child = CrashProcess.Start("", "ship", _directory.FullName, loki.Address.AbsoluteUri, run))
            {
                Assert.Equal("started", await child.LineAsync());
                var first = await child.LineAsync();

                // No condition to wait for: the moment is the point.
                await Task.Delay(Random.Shared.Next(150), TestContext.Current.CancellationToken);
                var said = (await child.KillAsync()).Append(first!).Where(line => line.StartsWith('+')).Select(line => int.Parse(line.AsSpan(1))).DefaultIfEmpty(0).Max();
                acknowledged += said;

                loki.Fault = null;
                await using var next = new SpooledLife(loki, _directory.FullName);
                await Eventually.IsTrue(() => next.Shipper.Door!.Spool is not null && next.Balance.Held == 0);
                var numbers = Numbers(loki, run);
                for (var i = 0; i < said; i++)
                    Assert.True(numbers.Contains(i), $"Round {round}: {said} were acknowledged, and number {i} is not there.");
                Assert.Equal(0, next.Balance.Of(LogFate.DroppedSpool) + next.Balance.Of(LogFate.Rejected));
            }
        }

        Assert.Equal(loki.Lines.Count, loki.Lines.Distinct().Count());
        Assert.InRange(acknowledged, Rounds, int.MaxValue);
    }

    private static HashSet<int> Numbers(StubLoki loki, string run) =>
        [.. loki.Lines.Select(line => Numbered().Match(line)).Where(match => match.Groups["run"].Value == run).Select(match => int.Parse(match.Groups["number"].ValueSpan))];

    [GeneratedRegex("(?<run>r[0-9]+-)(?<number>[0-9]+)\"")]
    private static partial Regex Numbered();
}
