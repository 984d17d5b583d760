using System.Runtime.InteropServices;

namespace CoLink.Observability.Runtime;

/// <summary>Counts the process' file descriptors on Linux.</summary>
/// <remarks>.NET's own enumeration asks for the target of each link, which costs five times as much as counting them.</remarks>
internal sealed partial class OpenFileDescriptors
{
    /// <summary>From this kernel on the size of the folder is the number of its entries: no need to list them.</summary>
    private static readonly Version SizeIsCount = new(6, 2);

    private const int CurrentFolder = -100;
    private const uint SizeWanted = 0x200;
    private const string Folder = "/proc/self/fd";

    private bool _sizeIsCount = OperatingSystem.IsLinux() && Environment.OSVersion.Version >= SizeIsCount;

    /// <summary>How many are open; null where the system does not say.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public long? Count()
    {
        if (!OperatingSystem.IsLinux() || !Path.Exists(Folder))
            return null;
        return SizeOfFolder() ?? CountEntries(Folder);
    }

    /// <summary>Counts a slot that is reserved for an open still under way too: the limit of the process counts it as well.</summary>
    private long? SizeOfFolder()
    {
        if (!_sizeIsCount)
            return null;
        try
        {
            var status = default(FileStatus);
            if (GetStatus(CurrentFolder, Folder, 0, SizeWanted, ref status) == 0 && (status.Mask & SizeWanted) != 0 && status.Size > 0)
                return (long)status.Size;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than the call.
        }

        _sizeIsCount = false;
        return null;
    }

    internal static long CountEntries(string path)
    {
        var folder = OpenFolder(path);
        if (folder == 0)
            throw Failure(path);
        try
        {
            // Not the entries "." and "..", nor the descriptor that lists them.
            var count = -3L;
            while (ReadFolder(folder) != 0)
                count++;
            return Marshal.GetLastPInvokeError() == 0 ? count : throw Failure(path);
        }
        finally
        {
            _ = CloseFolder(folder);
        }
    }

    private static IOException Failure(string path) => new($"{path} cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenFolder(string path);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static partial nint ReadFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint wanted, ref FileStatus status);

    /// <summary>Linux' <c>struct statx</c>, laid out alike on all processors, unlike <c>struct stat</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(0)]
        public uint Mask;

        [FieldOffset(40)]
        public ulong Size;
    }
}
