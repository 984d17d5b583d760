namespace CoLink.Observability.Logging.Redaction;

/// <summary>
/// Takes the values of secret route parameters out of paths. A path is judged without its request: whatever could be such a value is
/// taken for one, also behind a path base and in a path that no route took because its end was mistyped.
/// </summary>
internal sealed class PathRedaction
{
    /// <summary>On the stack; a longer path is not shown at all.</summary>
    private const int MostSegments = 128;

    private const string NotShown = "/" + Redactor.Mark;

    private readonly SecretRoute[] _routes;

    private PathRedaction(SecretRoute[] routes) => _routes = routes;

    /// <param name="patterns">The texts of the service's routes, such as <c>/reset/{token}</c>.</param>
    /// <param name="hides">Whether the values of a parameter are secret, by its name.</param>
    /// <returns>Null where no route has a secret parameter.</returns>
    public static PathRedaction? Of(IEnumerable<string> patterns, Func<string, bool> hides)
    {
        SecretRoute[] routes = [.. patterns.Select(pattern => SecretRoute.Of(pattern, hides)).OfType<SecretRoute>()];
        return routes.Length == 0 ? null : new PathRedaction(routes);
    }

    public string Redact(string path)
    {
        Span<Range> segments = stackalloc Range[MostSegments];
        Span<bool> hidden = stackalloc bool[MostSegments];
        hidden.Clear();
        var count = 0;
        for (var start = 0; start < path.Length;)
        {
            var end = path.IndexOf('/', start) is >= 0 and var slash ? slash : path.Length;
            var segment = path.AsSpan(start, end - start);
            switch (SecretRoute.Decoded(segment))
            {
                case "" or ".":
                    break;
                case "..":
                    // What a segment stands for is no longer where it stands.
                    return NotShown;
                default:
                    if (count == MostSegments)
                        return NotShown;
                    segments[count++] = start..end;
                    break;
            }

            start = end + 1;
        }

        segments = segments[..count];
        var any = false;
        foreach (var route in _routes)
            any |= route.Mark(path, segments, hidden);
        return any ? Redacted(path, segments, hidden) : path;
    }

    private static string Redacted(string path, ReadOnlySpan<Range> segments, ReadOnlySpan<bool> hidden)
    {
        var text = new System.Text.StringBuilder(path.Length);
        var shown = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            if (!hidden[i])
                continue;
            text.Append(path, shown, segments[i].Start.Value - shown).Append(Redactor.Mark);
            shown = segments[i].End.Value;
        }

        return text.Append(path, shown, path.Length - shown).ToString();
    }
}
