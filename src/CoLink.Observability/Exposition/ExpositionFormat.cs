using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CoLink.Observability.Exposition;

/// <summary>What a scraper asked for. Who accepts neither format is served text all the same: an answer in text tells more than 406.</summary>
internal static class ExpositionFormat
{
    private const string OpenMetrics = "application/openmetrics-text";
    private const string Gzip = "gzip";

    public const string TextContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    public static bool WantsOpenMetrics(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return false;
        var openMetrics = Quality(accepted, type => type.MediaType.Equals(OpenMetrics, StringComparison.OrdinalIgnoreCase));
        var text = Quality(accepted, type => type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase));
        return openMetrics > 0 && openMetrics >= text;
    }

    public static bool WantsGzip(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var accepted)
        && accepted.Any(coding => coding.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);

    private static double Quality(IList<MediaTypeHeaderValue> accepted, Func<MediaTypeHeaderValue, bool> is_) =>
        accepted.Where(is_).Select(type => type.Quality ?? 1).DefaultIfEmpty(0).Max();
}
