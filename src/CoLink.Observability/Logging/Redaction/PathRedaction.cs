using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CoLink.Observability.Logging.Redaction;

/// <summary>
/// Takes the values of secret route parameters out of paths, such as the token of <c>/reset/{token}</c>. A path is judged without its
/// request: whatever could be such a value is taken for one, also behind a path base and in a path that no route took because its end
/// was mistyped. An app has few routes with such parameters, most have none.
/// </summary>
/// <remarks>
/// The app's routes are read after it has started. A request that comes before that has a path of which nobody knows what in it is
/// secret: it is not shown, unless the request's endpoint is known, and its route is the whole path.
/// </remarks>
/// <param name="isSecret">Whether a parameter of this name is.</param>
internal sealed class PathRedaction(Func<string, bool> isSecret)
{
    /// <summary>On the stack; a longer path is not shown at all.</summary>
    private const int MostSegments = 128;

    private const string NotShown = "/" + Redactor.Mark;

    private readonly Lock _gate = new();
    private SecretRoute[] _routes = [];
    private bool _isAwaiting;

    /// <summary>From now on there may be requests, and the routes are not known before <see cref="LearnAll"/>.</summary>
    public void Await() => Volatile.Write(ref _isAwaiting, true);

    /// <summary>All of the app's endpoints; called again when they change.</summary>
    public void LearnAll(IEnumerable<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
            Learn(endpoint);
        Volatile.Write(ref _isAwaiting, false);
    }

    /// <summary>One endpoint, as with its first request.</summary>
    public void Learn(Endpoint endpoint)
    {
        if (endpoint is not RouteEndpoint { RoutePattern: var pattern } || SecretRoute.Of(pattern, isSecret) is not { } route)
            return;
        lock (_gate)
        {
            if (!_routes.Any(known => known.IsAs(route)))
                Volatile.Write(ref _routes, [.. _routes, route]);
        }
    }

    /// <summary>The path as it may be shown.</summary>
    public string Redact(string path) => Volatile.Read(ref _isAwaiting) ? NotShown : Judge(path);

    /// <summary>The same where the request's endpoint is known.</summary>
    public string Redact(string path, Endpoint? endpoint)
    {
        if (!Volatile.Read(ref _isAwaiting))
            return Judge(path);
        if (endpoint is not RouteEndpoint { RoutePattern: var pattern } || !Takes(pattern, path))
            return NotShown;
        Learn(endpoint);
        return Judge(path);
    }

    private string Judge(string path)
    {
        var routes = Volatile.Read(ref _routes);
        if (routes.Length == 0)
            return path;
        Span<Range> segments = stackalloc Range[MostSegments];
        if (!TrySplit(path, segments, out var count))
            return NotShown;
        segments = segments[..count];
        Span<bool> hidden = stackalloc bool[MostSegments];
        hidden.Clear();
        var any = false;
        foreach (var route in routes)
            any |= route.Mark(path, segments, hidden);
        return any ? Redacted(path, segments, hidden) : path;
    }

    private bool Takes(RoutePattern pattern, string path)
    {
        Span<Range> segments = stackalloc Range[MostSegments];
        return TrySplit(path, segments, out var count) && SecretRoute.Takes(pattern, isSecret, path, segments[..count]);
    }

    /// <returns>False where what a segment stands for is not where it stands, and where there are too many.</returns>
    private static bool TrySplit(string path, Span<Range> segments, out int count)
    {
        count = 0;
        for (var start = 0; start < path.Length;)
        {
            var end = path.IndexOf('/', start) is >= 0 and var slash ? slash : path.Length;
            switch (SecretRoute.Decoded(path.AsSpan(start, end - start)))
            {
                case "" or ".":
                    break;
                case "..":
                    return false;
                default:
                    if (count == segments.Length)
                        return false;
                    segments[count++] = start..end;
                    break;
            }

            start = end + 1;
        }

        return true;
    }

    private static string Redacted(string path, ReadOnlySpan<Range> segments, ReadOnlySpan<bool> hidden)
    {
        var text = new StringBuilder(path.Length);
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
