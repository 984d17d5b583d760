namespace CoLink.Observability.Runtime;

/// <summary>Reads files that the kernel makes up as they are read: no seeking, no length, no buffer to allocate.</summary>
internal static class SmallFile
{
    /// <summary>The file's content as far as it fits; empty where there is no such file.</summary>
    /// <remarks>
    /// Whether it exists is asked first, because an exception that this scrape throws would be one more in
    /// <c>dotnet_exceptions_total</c>. The sharing mode is the one that takes no lock on the file.
    /// </remarks>
    public static ReadOnlySpan<byte> Read(string path, Span<byte> buffer)
    {
        if (!Path.Exists(path))
            return [];
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return buffer[..RandomAccess.Read(file, buffer, fileOffset: 0)];
    }

    /// <summary>What follows a line's name, trimmed; empty where no line begins with it.</summary>
    public static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            if (line.StartsWith(name))
                return line[name.Length..].Trim(" \t"u8);
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return [];
    }
}
