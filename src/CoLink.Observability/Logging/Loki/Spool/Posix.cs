using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CoLink.Observability.Logging.Loki.Spool;

/// <summary>What the runtime has no call for. The numbers are the same on Linux, macOS and the BSDs.</summary>
internal static partial class Posix
{
    private const int ReadOnly = 0;
    private const int Exclusive = 2;
    private const int WithoutWaiting = 4;
    private const int Interrupted = 4;

    /// <summary>Locks a file until its handle is closed, which the end of the process does as well, however it ends. Throws where another has it, or where there are no locks.</summary>
    public static void Lock(SafeFileHandle file)
    {
        while (LockFile(file, Exclusive | WithoutWaiting) != 0)
        {
            if (Marshal.GetLastPInvokeError() is not Interrupted)
                throw new IOException($"its lock cannot be taken: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public static void FlushFolder(string path)
    {
        var folder = OpenFile(path, ReadOnly);
        if (folder < 0)
            throw new IOException($"{path} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            if (FlushFile(folder) != 0)
                throw new IOException($"{path} cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = CloseFile(folder);
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int LockFile(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushFile(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int file);
}
