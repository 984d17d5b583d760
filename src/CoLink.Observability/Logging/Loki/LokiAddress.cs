using System.Diagnostics.CodeAnalysis;

namespace CoLink.Observability.Logging.Loki;

/// <summary>Where pushes go.</summary>
internal static class LokiAddress
{
    private const string PushPath = "/loki/api/v1/push";

    /// <summary>A credential in the address would be printed wherever the address is; there are keys for it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return false;
        }

        // A path in front of the API, as behind a proxy, is kept.
        var path = uri.AbsolutePath.TrimEnd('/');
        address = path.EndsWith(PushPath, StringComparison.Ordinal) ? uri : new UriBuilder(uri) { Path = path + PushPath }.Uri;
        return true;
    }
}
