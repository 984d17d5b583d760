using CoLink.Observability.Runtime;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Runtime;

public sealed class OpenFileDescriptorsTests
{
    private const int Opened = 300;

    /// <summary>The runtime keeps a pipe open under way for its debugger, and other tests open and close while this one counts.</summary>
    private const int Slack = 20;

    public OpenFileDescriptorsTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");

    public static TheoryData<string> Ways => ["whichever the kernel offers", "by entry"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Files_opened_are_counted_and_files_closed_are_not(string way)
    {
        var descriptors = new OpenFileDescriptors();
        var files = Enumerable.Range(0, Opened).Select(_ => File.OpenHandle("/dev/null")).ToList();
        try
        {
            Assert.InRange(Count(), Opened, long.MaxValue);
            await Eventually.IsTrue(() => Math.Abs(Count() - Listed()) < Slack);
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }

        await Eventually.IsTrue(() => Math.Abs(Count() - Listed()) < Slack);

        long Count() => way == "by entry" ? OpenFileDescriptors.CountEntries("/proc/self/fd") : descriptors.Count()!.Value;
    }

    [Fact]
    public void A_folder_is_counted_without_its_own_entries()
    {
        var folder = Directory.CreateTempSubdirectory("colink-fds-");
        foreach (var name in (string[])["a", "b", "c", "d"])
            File.WriteAllText(Path.Join(folder.FullName, name), "");

        // One fewer than there are: in /proc the descriptor that lists is an entry itself.
        Assert.Equal(3, OpenFileDescriptors.CountEntries(folder.FullName));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_folder_that_cannot_be_read_is_an_error_that_says_why()
    {
        var error = Assert.Throws<IOException>(() => OpenFileDescriptors.CountEntries("/nowhere"));

        Assert.Contains("/nowhere", error.Message, StringComparison.Ordinal);
        Assert.Contains("No such file", error.Message, StringComparison.Ordinal);
    }

    private static int Listed() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
