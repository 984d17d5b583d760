using Microsoft.Win32.SafeHandles;

namespace CoLink.Observability.Logging.Console;

/// <summary>The stream of standard output.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    /// <summary>
    /// The runtime's own stream takes writes to a closed pipe for done, so that what is lost there could not be counted: a pipe is
    /// written to directly. A file is not, since other writers of the process share its position, nor is a terminal, which another
    /// process may have made non-blocking.
    /// </summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows() || !System.Console.IsOutputRedirected)
            return System.Console.OpenStandardOutput();
        try
        {
            var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!stream.CanSeek)
                return stream;
            stream.Dispose();
        }
        catch (Exception)
        {
            // Closed, or nothing that can be written to like a file.
        }

        return System.Console.OpenStandardOutput();
    }
}
