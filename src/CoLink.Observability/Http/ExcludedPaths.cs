using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Http;

/// <summary>The one list of paths that are not observed, matched by segment: <c>/health*</c> is <c>/health</c> and all below it.</summary>
internal sealed class ExcludedPaths
{
    private readonly (string Path, bool Below)[] _patterns;

    public ExcludedPaths(IEnumerable<string> patterns)
    {
        string[] each = [.. patterns.Select(Normal).Distinct()];
        _patterns = new (string, bool)[each.Length];
        for (var i = 0; i < each.Length; i++)
            _patterns[i] = (each[i].TrimEnd('*'), each[i].EndsWith('*'));
    }

    public static bool IsPattern(string text) =>
        text.Length > 1 && text[0] == '/' && text.AsSpan(0, text.Length - 1).IndexOfAny('*', '?', '#') < 0 && text[^1] is not ('?' or '#');

    /// <summary>Without a final slash, also before its star.</summary>
    private static string Normal(string pattern) => pattern.EndsWith('*') ? pattern.TrimEnd('*').TrimEnd('/') + '*' : pattern.TrimEnd('/');

    public bool Contains(PathString path) => Contains(path.Value);

    public bool Contains(string? path)
    {
        if (path is null)
            return false;
        foreach (var (excluded, below) in _patterns)
        {
            if (MayStartWith(path, excluded)
                && path.StartsWith(excluded, StringComparison.OrdinalIgnoreCase)
                && (path.Length == excluded.Length || (path[excluded.Length] == '/' && (below || path.Length == excluded.Length + 1))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The first letter ends the comparison for most paths, and every request is compared with every pattern. Two ASCII characters
    /// that differ in more than the bit of their case are never equal; of others nothing is said.
    /// </summary>
    private static bool MayStartWith(string path, string excluded) =>
        path.Length >= excluded.Length
        && (excluded.Length < 2 || !char.IsAscii(path[1]) || !char.IsAscii(excluded[1]) || ((path[1] ^ excluded[1]) & ~0x20) == 0);
}
