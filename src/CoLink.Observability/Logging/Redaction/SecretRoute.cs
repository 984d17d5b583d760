using Microsoft.AspNetCore.Routing.Patterns;

namespace CoLink.Observability.Logging.Redaction;

/// <summary>A route up to its last secret parameter, segment by segment.</summary>
internal sealed class SecretRoute
{
    private readonly Segment[] _segments;

    private SecretRoute(Segment[] segments) => _segments = segments;

    /// <returns>Null where no parameter is secret.</returns>
    public static SecretRoute? Of(RoutePattern pattern, Func<string, bool> isSecret)
    {
        foreach (var parameter in pattern.Parameters)
        {
            if (isSecret(parameter.Name))
            {
                var segments = Read(pattern, isSecret);
                return new SecretRoute(segments[..(Array.FindLastIndex(segments, segment => segment.IsSecret) + 1)]);
            }
        }

        return null;
    }

    /// <summary>As routing compares it.</summary>
    public static ReadOnlySpan<char> Decoded(ReadOnlySpan<char> segment) => segment.Contains('%') ? Uri.UnescapeDataString(segment) : segment;

    /// <summary>Whether the route is this whole path, so that nothing in it is another route's. One that takes the rest of a path may take what was meant for another.</summary>
    public static bool Takes(RoutePattern pattern, Func<string, bool> isSecret, string path, ReadOnlySpan<Range> segments)
    {
        var own = Read(pattern, isSecret);
        for (var i = 0; i < own.Length; i++)
        {
            if (own[i].IsRest)
                return own[i].IsSecret;

            // What is missing at the end has a default.
            if (i == segments.Length)
                return true;
            if (!own[i].Matches(path.AsSpan()[segments[i]]))
                return false;
        }

        return own.Length == segments.Length;
    }

    public bool IsAs(SecretRoute other) => _segments.AsSpan().SequenceEqual(other._segments);

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

    private static Segment[] Read(RoutePattern pattern, Func<string, bool> isSecret) => [.. pattern.PathSegments.Select(segment => Read(segment, pattern, isSecret))];

    private static Segment Read(RoutePatternPathSegment segment, RoutePattern pattern, Func<string, bool> isSecret)
    {
        if (segment.Parts is [RoutePatternLiteralPart literal])
            return new Segment(literal.Content, IsSecret: false, IsRest: false);
        var parameters = segment.Parts.OfType<RoutePatternParameterPart>().ToArray();

        // Conventional routes share one pattern, and only the controller and the action tell them apart.
        if (segment.Parts is [RoutePatternParameterPart only] && pattern.RequiredValues.TryGetValue(only.Name, out var required) && required is string { Length: > 0 } value)
            return new Segment(value, IsSecret: false, IsRest: false);
        return new Segment(null, parameters.Any(parameter => isSecret(parameter.Name)), parameters.Any(parameter => parameter.IsCatchAll));
    }

    /// <param name="Literal">What the segment must be; null where a parameter is in it, of which the values may be anything.</param>
    /// <param name="IsSecret">Whether one of its parameters is secret: then the segment is, with what else is in it.</param>
    /// <param name="IsRest">Whether it takes all that follows.</param>
    private readonly record struct Segment(string? Literal, bool IsSecret, bool IsRest)
    {
        public bool Matches(ReadOnlySpan<char> segment) =>
            Literal is null || segment.Equals(Literal, StringComparison.OrdinalIgnoreCase) || Decoded(segment).Equals(Literal, StringComparison.OrdinalIgnoreCase);
    }
}
