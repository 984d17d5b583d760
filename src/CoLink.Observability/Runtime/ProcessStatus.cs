using System.Buffers;
using System.Buffers.Text;
using System.Numerics;

namespace CoLink.Observability.Runtime;

/// <summary>What Linux says about the process in one file, so that its threads need not be listed to be counted.</summary>
internal sealed class ProcessStatus(string root)
{
    /// <summary>The supplementary groups stand before what is looked for, and a directory service may grant hundreds.</summary>
    private const int MaxBytes = 32 * 1024;

    private readonly string _path = Path.Join(root, "proc/self/status");

    /// <summary>Each is null where the system does not say.</summary>
    public (int? Threads, int? AllowedCores) Read()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBytes);
        try
        {
            var text = SmallFile.Read(_path, buffer);
            return (Number(SmallFile.Line(text, "Threads:"u8)), BitsSet(SmallFile.Line(text, "Cpus_allowed:"u8)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int? Number(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out int number, out _) && number > 0 ? number : null;

    /// <summary>The mask is hexadecimal, with a comma after each 32 cores.</summary>
    private static int? BitsSet(ReadOnlySpan<byte> mask)
    {
        var bits = 0;
        foreach (var digit in mask)
        {
            if (digit == ',')
                continue;
            if (!Utf8Parser.TryParse([digit], out uint four, out _, 'x'))
                return null;
            bits += BitOperations.PopCount(four);
        }

        return bits > 0 ? bits : null;
    }
}
