using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

/// <summary>Disks that are full, in the middle of a record as well, and disks that cannot be written.</summary>
public sealed class SpoolDiskTests : IDisposable
{
    private readonly string _mount = Directory.CreateTempSubdirectory("colink-disk-").FullName;

    public void Dispose() => Directory.Delete(_mount, recursive: true);

    [Fact]
    public async Task A_full_disk_is_said_once_and_counted_and_used_again_when_there_is_room()
    {
        using var disk = await SmallDisk.MountAsync(_mount);
        var (ledger, logs) = (new LogLedger(), new CollectingLogs());
        var ballast = Path.Combine(disk.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[300_000]);
        using var spool = Open(disk, ledger, logs);
        var accepted = new List<byte>();
        for (byte i = 0; i < 20; i++)
        {
            if (Append(spool, ledger, i))
                accepted.Add(i);
        }

        Assert.InRange(accepted.Count, 5, 15);
        Assert.Equal(Enumerable.Range(0, accepted.Count), accepted.Select(number => (int)number));
        Assert.Equal(174, Assert.Single(logs.Lines).Id);
        Assert.Equal((20 - accepted.Count, accepted.Count), (ledger.Read().InFlight, ledger.Read().Spooled));

        File.Delete(ballast);
        Assert.True(Append(spool, ledger, 100));
        Assert.True(Append(spool, ledger, 101));
        Assert.Equal([174, 175], logs.Lines.Select(line => line.Id));
        spool.Dispose();

        // What was cut short by the full disk is no damage to the next process.
        (ledger, logs) = (new LogLedger(), new CollectingLogs());
        using var next = Open(disk, ledger, logs);
        Assert.Equal([179], logs.Lines.Select(line => line.Id));
        Assert.Equal([.. accepted, 100, 101], Drain(next, ledger));
        Assert.Equal(0, ledger.Read().Held);
    }

    [Fact]
    public async Task A_disk_that_was_full_from_the_start_gets_no_empty_segments()
    {
        using var disk = await SmallDisk.MountAsync(_mount);
        var (ledger, logs) = (new LogLedger(), new CollectingLogs());
        using var spool = Open(disk, ledger, logs);
        using (var ballast = File.Create(Path.Combine(disk.Path, "ballast"), bufferSize: 1))
            Fill(ballast);
        for (byte i = 0; i < 10; i++)
        {
            Assert.False(Append(spool, ledger, i));

            // Room for the beginning of a segment, and not for a payload.
            if (i == 4)
                MakeRoom(Path.Combine(disk.Path, "ballast"), 10_000);
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(disk.Path, "spool"), "*.segment"));
        Assert.Equal((10, 0, 0), (ledger.Read().InFlight, ledger.Read().Spooled, spool.Bytes));
        Assert.Equal(174, Assert.Single(logs.Lines).Id);
        Assert.True(spool.Flush());
    }

    [Fact]
    public async Task A_disk_that_is_read_only_is_told_and_no_exception()
    {
        using var disk = await SmallDisk.MountAsync(_mount, "ro");
        var logs = new CollectingLogs();
        Assert.Null(LogSpool.Open(Path.Combine(disk.Path, "spool"), SpoolPlace.MaxBytes, new LogLedger(), logs.CreateLogger("spool")));
        Assert.Null(LogSpool.Open(disk.Path, SpoolPlace.MaxBytes, new LogLedger(), logs.CreateLogger("spool")));
        Assert.Equal([173, 173], logs.Lines.Select(line => line.Id));
    }

    /// <summary>Needs no privileges: a process whose files may not grow over a limit meets it in the middle of a record.</summary>
    [Fact]
    public async Task A_limit_of_the_process_is_a_full_disk()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "Needs a POSIX shell.");
        var directory = Path.Combine(_mount, "spool");

        // Blocks of 512 bytes. Were the signal not ignored, it would end the process.
        using var child = CrashProcess.Start("trap '' XFSZ; ulimit -f 600", "fill", directory);
        Assert.Equal("opened", await child.LineAsync());
        var counts = (await child.LineAsync())!.Split(' ');
        var (written, refused, inFlight, spooled) = (int.Parse(counts[1]), int.Parse(counts[3]), int.Parse(counts[6]), int.Parse(counts[8]));
        Assert.Equal(40, written + refused);
        Assert.InRange(written, 5, 35);
        Assert.InRange(inFlight, 1, 280);
        Assert.Null(await child.LineAsync());

        var (ledger, logs) = (new LogLedger(), new CollectingLogs());
        using var spool = LogSpool.Open(directory, SpoolPlace.MaxBytes, ledger, logs.CreateLogger("spool"));
        Assert.Equal([179], logs.Lines.Select(line => line.Id));
        Assert.Equal(spooled, ledger.Read().Adopted);
        var found = 0;
        while (spool!.TryTake(out var payload))
            found += LogCrash.NumberedPayload.NumberOf(payload) >= 0 ? 1 : 0;
        Assert.Equal(written, found);
    }

    private static LogSpool Open(SmallDisk disk, LogLedger ledger, CollectingLogs logs) =>
        LogSpool.Open(Path.Combine(disk.Path, "spool"), SpoolPlace.MaxBytes, ledger, logs.CreateLogger("spool")) ?? throw new InvalidOperationException(logs.Lines.First().Message);

    private static bool Append(LogSpool spool, LogLedger ledger, byte number)
    {
        SpoolPlace.Emit(ledger, 1);
        return spool.TryAppend([number, .. new byte[70_000]], new SpoolHeader(1, number, number, Attempted: false));
    }

    private static List<byte> Drain(LogSpool spool, LogLedger ledger)
    {
        var numbers = new List<byte>();
        while (spool.TryTake(out var payload))
        {
            numbers.Add(payload.Body.Span[0]);
            ledger.Settled(LogFate.Delivered, payload.Header.Entries);
            spool.Complete(payload);
        }

        return numbers;
    }

    private static void MakeRoom(string path, int bytes)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(file.Length - bytes);
    }

    private static void Fill(FileStream file)
    {
        try
        {
            while (true)
                file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
