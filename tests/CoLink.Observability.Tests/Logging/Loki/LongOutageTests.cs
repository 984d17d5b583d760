using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>Loki is down for an hour in which a thousand events a second are logged, without the waiting.</summary>
[Collection(nameof(ProcessWide))]
public sealed class LongOutageTests : IDisposable
{
    private const int Events = 3_600_000;
    private const int Chunk = 4_000;
    private const long Bound = 64 * 1024 * 1024;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("colink-spool-");

    public void Dispose() => _directory.Delete(recursive: true);

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
}
