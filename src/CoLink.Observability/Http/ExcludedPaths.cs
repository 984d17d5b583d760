using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Http;

/// <summary>The one list of paths that are not observed, matched by segment: <c>/health*</c> is <c>/health</c> and all below it.</summary>
internal sealed class ExcludedPaths
{
    private readonly (string Path, bool Below)[] _patterns;

    public ExcludedPaths(IEnumerable<string> patterns) =>
        _patterns = [.. patterns.Select(pattern => pattern.EndsWith('*') ? (pattern.TrimEnd('*').TrimEnd('/'), true) : (pattern.TrimEnd('/'), false)).Distinct()];

    public static bool IsPattern(string text) =>
        text.Length > 1 && text[0] == '/' && text.AsSpan(0, text.Length - 1).IndexOfAny('*', '?', '#') < 0 && text[^1] is not ('?' or '#');

    public bool Contains(PathString path) => Contains(path.Value);

    public bool Contains(string? path)
    {
        if (path is null)
            return false;
        foreach (var (excluded, below) in _patterns)
        {
            if (path.StartsWith(excluded, StringComparison.OrdinalIgnoreCase)
                && (path.Length == excluded.Length || (path[excluded.Length] == '/' && (below || path.Length == excluded.Length + 1))))
            {
                return true;
            }
        }

        return false;
    }
}
