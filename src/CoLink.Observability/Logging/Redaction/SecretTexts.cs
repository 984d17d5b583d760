namespace CoLink.Observability.Logging.Redaction;

/// <summary>Finds secrets by their names in the texts that .NET makes of what has members.</summary>
internal static class SecretTexts
{
    /// <summary>Between a member of a record and its value.</summary>
    private const string Equal = " = ";

    private const string Comma = ", ";

    public static int Find(ReadOnlySpan<char> text, SecretNames secrets)
    {
        var found = text switch
        {
            ['[', .., ']'] => InPair(text, secrets),
            [.., '}'] => InRecord(text, secrets),
            _ => -1,
        };
        return found < 0 && text.Contains('\n') ? InHeaders(text, secrets) : found;
    }

    private static int InPair(ReadOnlySpan<char> text, SecretNames secrets)
    {
        var comma = text.IndexOf(Comma);
        return comma > 0 && secrets.Contains(text[1..comma]) ? comma + Comma.Length : -1;
    }

    private static int InRecord(ReadOnlySpan<char> text, SecretNames secrets)
    {
        for (var at = text.IndexOf(Equal); at >= 0;)
        {
            var member = text[(text[..at].LastIndexOf(' ') + 1)..at];
            var value = at + Equal.Length;
            if (secrets.Contains(member))
                return value;

            if (member is "Name" or "Key" && InNamed(text[value..], secrets) is >= 0 and var beside)
                return value + beside;
            var next = text[value..].IndexOf(Equal);
            at = next < 0 ? -1 : value + next;
        }

        return -1;
    }

    /// <summary>Of <c>Authorization, Value = Bearer x</c>, which stands behind <c>Name</c>.</summary>
    private static int InNamed(ReadOnlySpan<char> text, SecretNames secrets)
    {
        var comma = text.IndexOf(Comma);
        return comma > 0 && text[(comma + Comma.Length)..].StartsWith("Value") && secrets.Contains(text[..comma]) ? comma + Comma.Length : -1;
    }

    private static int InHeaders(ReadOnlySpan<char> text, SecretNames secrets)
    {
        for (var start = 0; start < text.Length;)
        {
            var line = text[start..];
            if (line.IndexOf('\n') is >= 0 and var end)
                line = line[..end];

            // No name of a header has a blank in it, and none is long.
            var colon = line[..Math.Min(line.Length, 128)].IndexOf(':');
            if (colon > 0 && line[..colon].Trim() is var name && !name.Contains(' ') && secrets.Contains(name))
                return start + colon + 1;
            start += line.Length + 1;
        }

        return -1;
    }
}
