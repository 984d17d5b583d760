namespace CoLink.Observability.WebSockets;

/// <summary>Reads the beginning of a JSON object, which need be neither whole nor valid: it throws nothing and allocates nothing.</summary>
internal static class JsonHead
{
    /// <summary>The text from the value of a property of the outermost object on; empty where the head does not hold it.</summary>
    public static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var depth = 0;
        for (var at = 0; at < head.Length; at++)
        {
            switch (head[at])
            {
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)'}' or (byte)']':
                    depth--;
                    break;
                case (byte)'"':
                    var text = head[(at + 1)..End(head, at)];
                    at += text.Length + 1;
                    if (depth == 1 && text.SequenceEqual(name) && at < head.Length && AfterSpace(head[(at + 1)..]) is [(byte)':', .. var value])
                        return AfterSpace(value);
                    break;
            }
        }

        return [];
    }

    /// <summary>Where the text ends that begins with this quote.</summary>
    private static int End(ReadOnlySpan<byte> head, int quote)
    {
        for (var at = quote + 1; at < head.Length; at++)
        {
            if (head[at] == '"')
                return at;
            if (head[at] == '\\')
                at++;
        }

        return head.Length;
    }

    private static ReadOnlySpan<byte> AfterSpace(ReadOnlySpan<byte> text) => text.TrimStart(" \t\r\n"u8);
}
