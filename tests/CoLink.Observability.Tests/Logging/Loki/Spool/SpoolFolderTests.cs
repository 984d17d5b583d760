using System.Runtime.Versioning;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Loki.Spool;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

public sealed class SpoolFolderTests : IDisposable
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersDirectory = OwnersFile | UnixFileMode.UserExecute;
    private const UnixFileMode WritableToOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly SpoolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Nobody_but_the_owner_may_read_what_is_spooled()
    {
        SkipOnWindows();
        _place.Open();
        _place.Append("secret"u8);
        AssertOwnersOnly(_place.Directory);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Others_may_pass_through_the_directories_that_lead_to_it()
    {
        SkipOnWindows();
        var parent = Path.Combine(_place.Directory, "parent");
        const UnixFileMode MayPass = OwnersDirectory | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        using var spool = _place.TryOpen(Path.Combine(parent, "spool"));

        // As far as this process lets anybody.
        var own = File.GetUnixFileMode(Directory.CreateDirectory(Path.Combine(_place.Directory, "own")).FullName);
        Assert.Equal(own & MayPass, File.GetUnixFileMode(parent));
        Assert.Equal(OwnersDirectory, File.GetUnixFileMode(Path.Combine(parent, "spool")));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Nor_where_the_process_would_let_everybody_read_its_files()
    {
        SkipOnWindows();
        var directory = Path.Combine(_place.Directory, "deeper", "spool");
        using var child = CrashProcess.Start("umask 0", "hold", directory);
        Assert.Equal("opened", await child.LineAsync());
        Assert.Equal("appended", await child.LineAsync());

        Assert.Single(Directory.GetFiles(directory, "*.segment"));
        AssertOwnersOnly(directory);

        // Whoever may write to a parent may put another directory in the spool's place.
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_place.Directory) & WritableToOthers);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.GetDirectoryName(directory)!) & WritableToOthers);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_directory_that_was_there_and_open_to_others_is_closed_to_them()
    {
        SkipOnWindows();
        Directory.CreateDirectory(_place.Directory);
        File.SetUnixFileMode(_place.Directory, OwnersDirectory | WritableToOthers | UnixFileMode.OtherRead | UnixFileMode.SetGroup);
        _place.Open();

        Assert.Equal(OwnersDirectory | UnixFileMode.SetGroup, File.GetUnixFileMode(_place.Directory));
    }

    /// <summary>Whoever sets it to /tmp must not find /tmp closed to everybody else.</summary>
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_directory_that_others_use_stays_as_it_is()
    {
        SkipOnWindows();
        Directory.CreateDirectory(_place.Directory);
        File.WriteAllText(Path.Combine(_place.Directory, "theirs"), "");
        File.SetUnixFileMode(_place.Directory, OwnersDirectory | UnixFileMode.OtherRead);
        _place.Open();
        _place.Append("1"u8);

        Assert.Equal(OwnersDirectory | UnixFileMode.OtherRead, File.GetUnixFileMode(_place.Directory));
        Assert.Equal(OwnersFile, File.GetUnixFileMode(Assert.Single(_place.Segments)));
    }

    [Fact]
    public void What_is_not_ours_is_left_alone()
    {
        Directory.CreateDirectory(_place.Directory);
        string[] names = ["notes.txt", "0000000001.segment.bak", "1.segment", "00000000011.segment", "0000000002.SEGMENT", "0000000003.segment", "0000000004.segment"];
        foreach (var name in names)
            File.WriteAllText(Path.Combine(_place.Directory, name), $"this is {name}");
        Directory.CreateDirectory(Path.Combine(_place.Directory, "0000000005.segment"));
        _place.Open();
        for (var i = 0; i < 50; i++)
            Assert.True(_place.Append(new byte[400_000]));
        _place.Drain();
        _place.Close();

        Assert.All(names, name => Assert.Equal($"this is {name}", File.ReadAllText(Path.Combine(_place.Directory, name))));
        Assert.True(Directory.Exists(Path.Combine(_place.Directory, "0000000005.segment")));
        var said = Assert.Single(_place.Logs.Of(178)).Message;
        Assert.All(["0000000003", "0000000004", "0000000005"], name => Assert.Contains(name, said, StringComparison.Ordinal));
        Assert.DoesNotContain("notes", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Some_of_many_files_that_are_left_alone_are_named_with_their_reasons()
    {
        Directory.CreateDirectory(_place.Directory);
        for (var i = 1; i <= 5; i++)
            File.WriteAllText(Path.Combine(_place.Directory, $"000000000{i}.segment"), "no segment at all");
        _place.Open();
        Assert.Contains(
            "0000000001.segment (no segment, or one whose first bytes are damaged), 0000000002.segment (no segment, or", Assert.Single(_place.Logs.Of(178)).Message, StringComparison.Ordinal);
        Assert.Contains("0000000005.segment (no segment, or one whose first bytes are damaged)", _place.Said(), StringComparison.Ordinal);
        Assert.DoesNotContain(" more", _place.Said(), StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(_place.Directory, "0000000000.segment"));
        _place.Open();
        Assert.Contains("0000000000.segment (no file, or a link), 0000000001.segment", Assert.Single(_place.Logs.Of(178)).Message, StringComparison.Ordinal);
        Assert.Contains(") and 1 more", _place.Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_with_the_name_of_a_segment_is_neither_read_nor_deleted()
    {
        _place.Open();
        _place.Append("theirs"u8);
        var elsewhere = Path.Combine(Path.GetDirectoryName(_place.Directory)!, "elsewhere");
        _place.Close();
        File.Move(_place.Segments[0], elsewhere);
        File.CreateSymbolicLink(Path.Combine(_place.Directory, "0000000001.segment"), elsewhere);
        File.CreateSymbolicLink(Path.Combine(_place.Directory, "0000000002.segment"), "/nowhere");

        _place.Open();
        Assert.Equal(0, _place.Balance().Adopted);
        Assert.Equal(178, Assert.Single(_place.Logs.Lines).Id);
        _place.Append("ours"u8);
        _place.Drain();
        Assert.True(File.Exists(elsewhere));
        Assert.Equal(2, Directory.GetFileSystemEntries(_place.Directory, "*.segment").Length);
    }

    [Fact]
    public void A_lock_that_is_a_link_is_not_followed()
    {
        Directory.CreateDirectory(_place.Directory);
        var elsewhere = Path.Combine(Path.GetDirectoryName(_place.Directory)!, "elsewhere");
        File.CreateSymbolicLink(Path.Combine(_place.Directory, "lock"), elsewhere);

        Assert.Null(_place.TryOpen());
        Assert.Equal(173, Assert.Single(_place.Logs.Lines).Id);
        Assert.Contains("is a link", _place.Said(), StringComparison.Ordinal);
        Assert.False(File.Exists(elsewhere));
    }

    [Fact]
    public void What_stands_in_the_way_of_a_spool_is_told_and_no_exception()
    {
        var file = Path.Combine(Path.GetDirectoryName(_place.Directory)!, "file");
        File.WriteAllText(file, "");
        foreach (var directory in new[] { file, Path.Combine(file, "below"), Path.Combine(file, "further", "below"), "nul\0byte" })
        {
            Assert.Null(_place.TryOpen(directory));
            Assert.Equal(173, Assert.Single(_place.Logs.Lines).Id);
        }
    }

    /// <summary>Where not even root may write.</summary>
    [Fact]
    [SupportedOSPlatform("linux")]
    public void A_directory_that_cannot_be_written_is_told_and_no_exception()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc.");
        foreach (var directory in new[] { "/proc", "/proc/1", "/proc/colink" })
        {
            Assert.Null(_place.TryOpen(directory));
            Assert.Contains(directory, Assert.Single(_place.Logs.Of(173)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_hosts_of_one_process_do_not_share_a_directory()
    {
        _place.Open();
        _place.Append("1"u8, entries: 2);
        var first = _place.Ledger;
        Assert.Null(_place.TryOpen());

        Assert.Equal(173, Assert.Single(_place.Logs.Lines).Id);
        Assert.Equal(0, _place.Balance().Adopted);
        Assert.Equal(2, first.Read().Spooled);
        Assert.True(_place.Spool.TryTake(out _));
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_gets_the_directory()
    {
        const int Starts = 8;
        for (var round = 0; round < 30; round++)
        {
            using var together = new Barrier(Starts);
            var spools = await Task.WhenAll(Enumerable.Range(0, Starts).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return LogSpool.Open(_place.Directory, SpoolPlace.MaxBytes, new LogLedger(), NullLogger.Instance);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.Single(spools.OfType<LogSpool>()).Dispose();
        }
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such permissions.");

    [UnsupportedOSPlatform("windows")]
    private static void AssertOwnersOnly(string directory)
    {
        Assert.Equal(OwnersDirectory, File.GetUnixFileMode(directory));
        Assert.All(Directory.GetFiles(directory), file => Assert.Equal(OwnersFile, File.GetUnixFileMode(file)));
    }
}
