using System.Buffers.Text;

namespace CoLink.Observability.Runtime;

/// <summary>What the process may use: the limits of its control group, and never more than the machine has.</summary>
/// <remarks>Read anew at each scrape: a running container can be resized.</remarks>
internal sealed class ResourceLimits(string root)
{
    private const int BytesPerKibibyte = 1024;

    private readonly ControlGroup _group = new(root);
    private readonly string _memory = Path.Join(root, "proc/meminfo");

    /// <param name="allowed">
    /// The cores the process may be scheduled on. Where the system does not say, it is what .NET counts, which a quota has already
    /// rounded up to a whole number at the start.
    /// </param>
    public double Cores(int? allowed) => Math.Min(_group.Cores() ?? double.PositiveInfinity, allowed ?? Environment.ProcessorCount);

    /// <summary>"No limit" reads as a huge number in version 1; the machine's RAM is below it.</summary>
    public double MemoryBytes() => Math.Min(_group.MemoryBytes() ?? double.PositiveInfinity, MachineMemoryBytes());

    private double MachineMemoryBytes()
    {
        Span<byte> buffer = stackalloc byte[512];
        var total = SmallFile.Line(SmallFile.Read(_memory, buffer), "MemTotal:"u8);
        return Utf8Parser.TryParse(total, out long kibibytes, out _) && kibibytes > 0
            ? (double)kibibytes * BytesPerKibibyte
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }
}
