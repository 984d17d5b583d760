using System.Buffers;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>The memory that an outage takes. It is that of the process, so nothing else runs.</summary>
[Collection(nameof(ProcessWide))]
public sealed class LongOutageTests : IDisposable
{
    private const int Events = 3_600_000;
    private const int Chunk = 4_000;
    private const long Bound = 64 * 1024 * 1024;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Loki is down for an hour in which a thousand events a second are logged, without the waiting.</summary>
    [Fact]
    public async Task It_loses_nothing_and_takes_less_than_64_MiB()
    {
        await using var loki = await StubLoki.StartAsync();
        loki.Fault = _ => StubFault.Answer(503);
        await using var life = new SpooledLife(loki, _directory.FullName);
        life.Emit(1);
        await Eventually.IsTrue(() => life.Balance is { Queued: 0, InFlight: 0 or 1 } && loki.Pushes.Count > 0);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        for (var emitted = 1; emitted < Events; emitted += Chunk)
        {
            life.Emit(Chunk);
            await Eventually.IsTrue(() => life.Balance.Queued < Chunk);
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: emitted % (10 * Chunk) == 1) - before);
        }

        await Eventually.IsTrue(() => life.Balance.Queued == 0 && life.Balance.Spooled > Events - Chunk);
        Assert.Equal(0, life.Balance.Fates.Sum());
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Bound);
        TestContext.Current.TestOutputHelper?.WriteLine($"At most {most / 1024 / 1024} MiB, garbage included; {life.Shipper.Door!.Spool!.Bytes / 1024 / 1024} MiB on disk.");
    }

    /// <summary>Lines of 20 kB: what waits in the queue is not made into lines, and what is dropped leaves nothing behind.</summary>
    [Fact]
    public async Task An_outage_takes_no_more_memory_than_the_queue()
    {
        var lines = 0;
        var line = Enumerable.Repeat((byte)'x', 20_000).ToArray();
        await using var shipping = await Shipping.StartAsync(o => o.QueueLimit = 1000, new FakeTimeProvider(Some.Time), lines: (_, output) =>
        {
            lines++;
            output.Write(line);
        });
        shipping.Loki.Fault = _ => StubFault.Answer(503);
        shipping.Emit(20);
        await Eventually.IsTrue(() => shipping.Loki.Pushes.Count > 0 || Advance(shipping));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 200; i++)
            shipping.Emit(1000);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * 1024 * 1024);
        Assert.InRange(lines, 1, 300);
        Assert.InRange(shipping.Balance.Queued, 900, 1000);
        shipping.Loki.Fault = null;
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);
    }

    private static bool Advance(Shipping shipping)
    {
        shipping.Fake!.Advance(TimeSpan.FromMilliseconds(20));
        return false;
    }
}
