using System.Diagnostics.CodeAnalysis;

namespace CoLink.Observability.Tracing.Otlp;

/// <summary>Where spans go.</summary>
internal static class OtlpAddress
{
    public const string Allowed = "an address that starts with http:// or https://, such as http://otel-collector:4317, without user, password, query and fragment";

    private const string TracesPath = "/v1/traces";

    /// <summary>A credential in the address would be printed wherever the address is; there is a key for headers.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address)
        && address.Scheme is "http" or "https"
        && address is { Host.Length: > 0, UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 };

    /// <summary>The address of an HTTP export: a path, as behind a proxy, is what somebody meant.</summary>
    public static Uri WithPathWhereItHasNone(Uri address) => address.AbsolutePath == "/" ? new UriBuilder(address) { Path = TracesPath }.Uri : address;

    /// <summary>The same from the base of all signals, which their specification has the path appended to.</summary>
    public static Uri BelowBase(Uri address)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        return path.EndsWith(TracesPath, StringComparison.Ordinal) ? address : new UriBuilder(address) { Path = path + TracesPath }.Uri;
    }

    /// <summary>
    /// A value as an error shows it. What stands before an <c>@</c>, in an address, is where people write a password: with or without
    /// a scheme, escaped or not.
    /// </summary>
    public static string Shown(string text)
    {
        var at = text.LastIndexOf('@');
        if (at <= 0)
            return text;
        var scheme = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
        return $"{text[..Math.Min(scheme, at)]}(not shown){text[at..]}";
    }
}
