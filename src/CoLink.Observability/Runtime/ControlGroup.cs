using System.Buffers.Text;
using System.Text;

namespace CoLink.Observability.Runtime;

/// <summary>
/// The limits of the process' control groups, version 1, version 2 or both at once. A group is bound by those above it, so the
/// smallest limit counts.
/// </summary>
/// <remarks>
/// The groups are found once: what starts a process puts it in its place first. The files in them are looked for at each scrape,
/// because they come and go as a controller is switched on and off.
/// </remarks>
internal sealed class ControlGroup(string root)
{
    private ControlGroupFolders? _folders;

    private ControlGroupFolders Folders => _folders ??= ControlGroupFolders.Find(root);

    /// <summary>CPU seconds a second; null without a quota.</summary>
    /// <exception cref="FormatException">A file does not hold what the kernel writes.</exception>
    public double? Cores()
    {
        double? smallest = null;
        Span<byte> buffer = stackalloc byte[64];
        foreach (var folder in Folders.Unified)
        {
            var file = Path.Join(folder, "cpu.max");
            var text = Trim(SmallFile.Read(file, buffer));
            var space = text.IndexOf((byte)' ') is var index and >= 0 ? index : text.Length;
            if (!text.IsEmpty && Number(file, text[..space]) is { } quota)
                smallest = Smaller(smallest, quota / Number(file, text[space..].TrimStart((byte)' ')));
        }

        foreach (var folder in Folders.Cpu)
        {
            if (Single(Path.Join(folder, "cpu.cfs_quota_us")) is { } quota)
                smallest = Smaller(smallest, quota / Single(Path.Join(folder, "cpu.cfs_period_us")));
        }

        return smallest;
    }

    /// <summary>Null without a limit; a huge number where version 1 says "no limit".</summary>
    /// <exception cref="FormatException">A file does not hold what the kernel writes.</exception>
    public double? MemoryBytes()
    {
        double? smallest = null;
        foreach (var folder in Folders.Unified)
            smallest = Smaller(smallest, Single(Path.Join(folder, "memory.max")));
        foreach (var folder in Folders.Memory)
            smallest = Smaller(smallest, Single(Path.Join(folder, "memory.limit_in_bytes")));
        return smallest;
    }

    private static double? Single(string file)
    {
        Span<byte> buffer = stackalloc byte[64];
        var text = Trim(SmallFile.Read(file, buffer));
        return text.IsEmpty ? null : Number(file, text);
    }

    /// <summary>Null where the kernel says "no limit": <c>max</c> in version 2, -1 in version 1. Nothing can run within 0.</summary>
    private static double? Number(string file, ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("max"u8))
            return null;
        if (!Utf8Parser.TryParse(text, out double number, out var length) || length != text.Length)
            throw new FormatException($"{file} says '{Encoding.UTF8.GetString(text)}', which is no limit.");
        return number > 0 ? number : null;
    }

    private static double? Smaller(double? smallest, double? limit) => limit is null || smallest < limit ? smallest : limit;

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \n"u8);
}
