using System.Security.Cryptography;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Spool;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>A process that ends in the middle of a payload that it had from its spool.</summary>
public sealed class PartlyReplayedTests : IDisposable
{
    private const int Events = 40;

    private readonly string _mount = Directory.CreateTempSubdirectory("colink-disk-").FullName;

    public void Dispose() => Directory.Delete(_mount, recursive: true);

    [Fact]
    public async Task What_is_left_of_it_goes_back()
    {
        await using var loki = await StubLoki.StartAsync();
        var directory = Path.Combine(_mount, "spool");
        var lines = await LeaveAsync(loki, directory);

        await using (var second = await HalfDeliveredAsync(loki, directory))
        {
            await second.Shipper.StopAsync(TimeSpan.FromSeconds(5));
            Assert.Equal((Events, Events / 2, Events / 2), (second.Balance.Adopted, second.Balance.Spooled, second.Balance.Of(LogFate.Delivered)));
        }

        await DeliveredByTheNextAsync(loki, directory, lines, adopted: Events / 2);
    }

    [Fact]
    public async Task Where_the_disk_has_no_room_for_what_is_left_all_of_it_stays()
    {
        using var disk = await SmallDisk.MountAsync(_mount);
        await using var loki = await StubLoki.StartAsync();
        var (directory, ballast) = (Path.Combine(disk.Path, "spool"), Path.Combine(disk.Path, "ballast"));
        var lines = await LeaveAsync(loki, directory);

        await using (var second = await HalfDeliveredAsync(loki, directory))
        {
            Fill(ballast);
            await second.Shipper.StopAsync(TimeSpan.FromSeconds(5));

            // Half of it is taken over for a second time.
            Assert.Equal((Events + (Events / 2), Events, Events / 2), (second.Balance.Adopted, second.Balance.Spooled, second.Balance.Of(LogFate.Delivered)));
        }

        File.Delete(ballast);
        await DeliveredByTheNextAsync(loki, directory, lines, adopted: Events);
        Assert.InRange(loki.Duplicates, Events / 2, int.MaxValue);
    }

    /// <summary>One payload, of a process that is gone.</summary>
    private static async Task<string[]> LeaveAsync(StubLoki loki, string directory)
    {
        loki.Fault = _ => StubFault.Answer(503);
        await using var first = new SpooledLife(loki, directory, set: options => (options.BatchSize, options.BatchPeriod) = (Events, TimeSpan.FromMinutes(1)));

        // Longer, compressed, than what is left of the last page of a file.
        string[] lines = [.. Enumerable.Range(0, Events).Select(i => $"event {i} {Convert.ToHexString(RandomNumberGenerator.GetBytes(1000))}")];
        Array.ForEach(lines, first.Emit);
        await first.Shipper.StopAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(Events, first.Balance.Spooled);
        return lines;
    }

    /// <summary>Loki wants it in two, takes the older one, and hangs.</summary>
    private static async Task<SpooledLife> HalfDeliveredAsync(StubLoki loki, string directory)
    {
        loki.Fault = push => push.Entries.Count == Events ? StubFault.Answer(413) : push.Entries[0].Line.Contains("\"event 0 ", StringComparison.Ordinal) ? null : StubFault.Hang;
        var pushed = loki.Pushes.Count;
        var life = new SpooledLife(loki, directory);
        await Eventually.IsTrue(() => life.Balance.Of(LogFate.Delivered) == Events / 2 && loki.Pushes.Count >= pushed + 3);
        return life;
    }

    private static async Task DeliveredByTheNextAsync(StubLoki loki, string directory, string[] lines, int adopted)
    {
        loki.Fault = null;
        await using var third = new SpooledLife(loki, directory);
        await Eventually.IsTrue(() => third.Balance.Adopted == adopted && third.Balance.Held == 0);
        Assert.Equal(adopted, third.Balance.Of(LogFate.Delivered));
        Assert.Equal(lines.Select(Some.Line).Order(), loki.Lines.Order());
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path, bufferSize: 1);
        try
        {
            while (true)
                file.Write(new byte[512]);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
