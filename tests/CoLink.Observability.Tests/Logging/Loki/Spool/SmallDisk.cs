using System.Diagnostics;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

/// <summary>
/// A disk of a megabyte: a tmpfs in a mount namespace of its own, which ends with the process that holds it. The tests reach it
/// through that process' root. Where the machine does not let a test mount, as in many containers, the test is skipped.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    public const int Size = 1024 * 1024;

    private readonly Process _holder;
    private readonly string _mount;

    private SmallDisk(Process holder, string mount) => (_holder, _mount) = (holder, mount);

    public string Path => $"/proc/{_holder.Id}/root{_mount}";

    /// <param name="mount">An empty directory.</param>
    /// <param name="options">Of the mount, such as <c>ro</c>.</param>
    public static async Task<SmallDisk> MountAsync(string mount, string options = "rw")
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux.");
        string[] namespaces = Environment.IsPrivilegedProcess ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
        var start = new ProcessStartInfo("unshare", [.. namespaces, "sh", "-c", $"mount -t tmpfs -o size={Size},mode=0777,{options} tmpfs '{mount}' && echo mounted && exec cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? holder = null;
        try
        {
            holder = Process.Start(start)!;
            if (await holder.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) == "mounted")
                return new SmallDisk(holder, mount);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no such program.
        }

        holder?.Dispose();
        Assert.Skip("The machine does not let a test mount a file system.");
        throw new UnreachableException();
    }

    public void Dispose()
    {
        _holder.StandardInput.Close();
        if (!_holder.WaitForExit(TimeSpan.FromSeconds(60)))
            _holder.Kill();
        _holder.Dispose();
    }
}
