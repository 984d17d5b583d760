using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CoLink.Observability.Exposition;

/// <summary>What a scraper asked for. Who accepts neither format is served text all the same: an answer in text tells more than 406.</summary>
internal static class ExpositionFormat
{
    private const string OpenMetricsVersion = "1.0.0";
    private const string Gzip = "gzip";
    private const string Identity = "identity";

    public const string TextContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsContentType = $"application/openmetrics-text; version={OpenMetricsVersion}; charset=utf-8";

    /// <summary>Only who names it gets it, in the one version we write; between equals it wins, for it carries the exemplars.</summary>
    public static bool WantsOpenMetrics(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return false;
        var openMetrics = Quality(accepted, type => Is(type, "application/openmetrics-text") && VersionOf(type) is null or OpenMetricsVersion) ?? 0;

        // The most specific range that covers text decides for it. Source: RFC 9110, section 12.5.1.
        var text = Quality(accepted, type => Is(type, "text/plain")) ?? Quality(accepted, type => Is(type, "text/*")) ?? Quality(accepted, type => Is(type, "*/*")) ?? 0;
        return openMetrics > 0 && openMetrics >= text;
    }

    public static bool WantsGzip(HttpRequest request)
    {
        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var accepted))
            return false;
        var gzip = Quality(accepted, Gzip) ?? 0;
        return gzip > 0 && gzip >= (Quality(accepted, Identity) ?? 0);
    }

    private static bool Is(MediaTypeHeaderValue type, string name) => type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string? VersionOf(MediaTypeHeaderValue type)
    {
        foreach (var parameter in type.Parameters)
        {
            if (parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))
                return HeaderUtilities.RemoveQuotes(parameter.Value).ToString();
        }

        return null;
    }

    private static double? Quality(IList<MediaTypeHeaderValue> accepted, Func<MediaTypeHeaderValue, bool> covers) =>
        accepted.Where(covers).Max(type => (double?)(type.Quality ?? 1));

    private static double? Quality(IList<StringWithQualityHeaderValue> accepted, StringSegment coding) =>
        accepted.Where(value => value.Value.Equals(coding, StringComparison.OrdinalIgnoreCase)).Max(value => (double?)(value.Quality ?? 1));
}
