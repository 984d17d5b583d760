namespace CoLink.Observability.Logging.Redaction;

/// <summary>A route up to its last secret parameter.</summary>
internal sealed class SecretRoute
{
    private readonly Segment[] _segments;

    private SecretRoute(Segment[] segments) => _segments = segments;

    /// <summary>Null where no parameter is secret.</summary>
    public static SecretRoute? Of(string pattern, Func<string, bool> hides)
    {
        Segment[] segments = [.. Split(pattern).Select(text => Segment.Of(text, hides))];
        var last = Array.FindLastIndex(segments, segment => segment.IsSecret);
        return last < 0 ? null : new SecretRoute(segments[..(last + 1)]);
    }

    /// <summary>As routing compares it.</summary>
    public static ReadOnlySpan<char> Decoded(ReadOnlySpan<char> segment) => segment.Contains('%') ? Uri.UnescapeDataString(segment) : segment;

    /// <summary>Marks the segments that may be a secret's, wherever in the path the route may begin.</summary>
    public bool Mark(string path, ReadOnlySpan<Range> segments, Span<bool> hidden)
    {
        var any = false;
        for (var start = 0; start < segments.Length; start++)
        {
            for (var i = 0; i < _segments.Length && start + i < segments.Length; i++)
            {
                var segment = _segments[i];
                if (!segment.Matches(path.AsSpan()[segments[start + i]]))
                    break;
                if (!segment.IsSecret)
                    continue;
                any = true;
                if (segment.IsRest)
                    hidden[(start + i)..segments.Length].Fill(true);
                else
                    hidden[start + i] = true;
            }
        }

        return any;
    }

    /// <summary>By the slashes that do not stand in a parameter's constraint.</summary>
    private static IEnumerable<string> Split(string pattern)
    {
        var start = 0;
        var inParameter = false;
        for (var i = 0; i <= pattern.Length; i++)
        {
            if (i == pattern.Length || (pattern[i] == '/' && !inParameter))
            {
                if (i > start && pattern[start..i] != "~")
                    yield return pattern[start..i];
                start = i + 1;
            }
            else if (pattern[i] is '{' or '}')
            {
                // A doubled brace is a brace.
                if (i + 1 < pattern.Length && pattern[i + 1] == pattern[i])
                    i++;
                else
                    inParameter = pattern[i] == '{';
            }
        }
    }

    /// <param name="Literal">What the segment must be; null where a parameter is in it, of which the values may be anything.</param>
    /// <param name="IsSecret">Whether one of its parameters is secret: then the segment is, with what else is in it.</param>
    /// <param name="IsRest">Whether it takes all that follows.</param>
    private readonly record struct Segment(string? Literal, bool IsSecret, bool IsRest)
    {
        public static Segment Of(string text, Func<string, bool> hides)
        {
            var names = Parameters(text).ToArray();
            if (names.Length == 0)
                return new Segment(text.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal), false, false);
            return new Segment(null, names.Any(name => hides(name.TrimStart('*'))), names[^1].StartsWith('*'));
        }

        public bool Matches(ReadOnlySpan<char> segment) =>
            Literal is null || segment.Equals(Literal, StringComparison.OrdinalIgnoreCase) || Decoded(segment).Equals(Literal, StringComparison.OrdinalIgnoreCase);

        private static IEnumerable<string> Parameters(string text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] != '{')
                    continue;
                if (i + 1 < text.Length && text[i + 1] == '{')
                {
                    i++;
                    continue;
                }

                var end = text.IndexOfAny([':', '=', '?', '}'], i + 1);
                yield return text[(i + 1)..(end < 0 ? text.Length : end)];
                i = Close(text, i);
            }
        }

        private static int Close(string text, int open)
        {
            for (var i = open + 1; i < text.Length; i++)
            {
                if (text[i] != '}')
                    continue;
                if (i + 1 < text.Length && text[i + 1] == '}')
                    i++;
                else
                    return i;
            }

            return text.Length;
        }
    }
}
