using System.Globalization;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>The directory of a spool, held by one process: what its files are called, who may read them, who has it.</summary>
internal sealed partial class SpoolFolder : IDisposable
{
    private const string LockName = "lock";
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly FileStream _lock;

    private SpoolFolder(string path, FileStream taken) => (Path, _lock) = (path, taken);

    public string Path { get; }

    /// <summary>Makes the directory where it is missing, and takes it. Throws where it cannot be used or another process has it.</summary>
    public static SpoolFolder Take(string directory)
    {
        var path = System.IO.Path.GetFullPath(directory);
        Create(path, Owner);
        var taken = Lock(System.IO.Path.Combine(path, LockName));
        KeepOthersOut(path);
        return new SpoolFolder(path, taken);
    }

    public static FileStreamOptions OwnersFile(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>Everything that has the name of a segment, oldest first. A link is not one: what it points to is not ours.</summary>
    public IReadOnlyList<(long Number, FileSystemInfo File, bool IsFile)> Segments() =>
    [
        .. new DirectoryInfo(Path).EnumerateFileSystemInfos()
            .Where(file => SegmentName().IsMatch(file.Name))
            .Select(file => (long.Parse(file.Name.AsSpan(0, 10), CultureInfo.InvariantCulture), file, file is FileInfo { LinkTarget: null }))
            .OrderBy(found => found.Item1),
    ];

    public string SegmentPath(long number) => System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{number:D10}.segment"));

    /// <summary>Makes the names of new segments outlive a power cut.</summary>
    public void Flush()
    {
        if (!OperatingSystem.IsWindows())
            Posix.FlushFolder(Path);
    }

    /// <remarks>The file stays. Were it deleted, one process could lock the file that has no name any more, and another the new one.</remarks>
    public void Dispose() => _lock.Dispose();

    private static void Create(string path, UnixFileMode mode)
    {
        if (Directory.Exists(path))
            return;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // Whoever may write to a parent may put another directory in this one's place.
        if (System.IO.Path.GetDirectoryName(path) is { } parent)
            Create(parent, Owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Directory.CreateDirectory(path, mode);
        KeepName(path);
    }

    private static void KeepName(string path)
    {
        try
        {
            Posix.FlushFolder(System.IO.Path.GetDirectoryName(path)!);
        }
        catch (IOException)
        {
            // A parent that may be passed through and not be read. Most file systems keep a name together with the first file that is flushed.
        }
    }

    private static FileStream Lock(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
            throw new IOException($"{path} is a link");
        var options = OwnersFile(FileMode.OpenOrCreate);

        // The runtime takes the lock as it opens. Every other mode takes a shared one, and two processes that start at once would each keep the other out.
        options.Share = FileShare.None;
        var file = new FileStream(path, options);

        // But its lock may be switched off, and is passed over where the file system has none: asked for again, it is there or fails.
        try
        {
            if (!OperatingSystem.IsWindows())
                Posix.Lock(file.SafeFileHandle);
            return file;
        }
        catch (Exception)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Also from a directory that was there. One that holds more than a spool may have to be open to others, and is: the files are not.</summary>
    private static void KeepOthersOut(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) == 0 || Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).Any(name => name != LockName && !SegmentName().IsMatch(name!)))
            return;
        try
        {
            File.SetUnixFileMode(path, mode & ~Others);
        }
        catch (UnauthorizedAccessException)
        {
            // The directory of a mounted volume may be somebody else's, who lets us write.
        }
    }

    [GeneratedRegex(@"^[0-9]{10}\.segment\z")]
    private static partial Regex SegmentName();
}
