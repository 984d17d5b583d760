using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace CoLink.Observability.Tracing.Otlp;

/// <summary>
/// Headers as OpenTelemetry's variables write them: <c>name=value</c> pairs with commas between, the values percent-encoded. A value
/// is decoded after the pairs were told apart, so that it may hold a comma.
/// </summary>
internal static partial class OtlpHeaders
{
    public const string Allowed = "name=value pairs with commas between them, the values percent-encoded, each name a header of a request";

    public static bool TryParse(string text, [NotNullWhen(true)] out KeyValuePair<string, string>[]? headers)
    {
        headers = null;
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        using var request = new HttpRequestMessage();
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var rest] ? (key, Uri.UnescapeDataString(rest)) : ("", "");

            // A header of a content, such as Content-Type, is none of a request's, and would fail each export.
            if (!Name().IsMatch(name) || !Value().IsMatch(value) || !request.Headers.TryAddWithoutValidation(name, value) || !pairs.TryAdd(name, value))
                return false;
        }

        headers = [.. pairs];
        return true;
    }

    /// <summary>A token. Source: RFC 9110, 5.6.2.</summary>
    [GeneratedRegex(@"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\z")]
    private static partial Regex Name();

    /// <summary>What HttpClient sends as it is.</summary>
    [GeneratedRegex(@"^[\t\x20-\x7E]*\z")]
    private static partial Regex Value();
}
