using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CoLink.Observability.Logging.Requests;

/// <summary>A route that has a secret parameter, segment by segment.</summary>
internal sealed record SecretRoute(SecretRoute.Segment[] Segments)
{
    private const string Mark = "[redacted]";

    /// <returns>Null where nothing in the endpoint's route is secret.</returns>
    public static SecretRoute? Of(Endpoint? endpoint, Func<string, bool> isSecret)
    {
        if (endpoint is not RouteEndpoint { RoutePattern: var pattern })
            return null;
        foreach (var parameter in pattern.Parameters)
        {
            if (isSecret(parameter.Name))
                return new SecretRoute([.. pattern.PathSegments.Select(segment => Read(segment, pattern, isSecret))]);
        }

        return null;
    }

    /// <summary>
    /// The path with what is secret in it replaced; the path itself where the route does not take it. One that ends too early is
    /// replaced as well: what is missing may have a default, and a client that left it out has sent the secret all the same.
    /// </summary>
    public string Redact(string path)
    {
        var values = Split(path);
        return Replace(values, 0) ? "/" + string.Join('/', values) : path;
    }

    /// <summary>The route with what stands before it in this path; null where it stands first or is not there.</summary>
    public SecretRoute? Behind(string path)
    {
        var values = Split(path);
        for (var from = 0; from < values.Length; from++)
        {
            if (Replace([.. values], from))
                return from == 0 ? null : new SecretRoute([.. values[..from].Select(literal => new Segment(literal, IsSecret: false, IsRest: false)), .. Segments]);
        }

        return null;
    }

    private bool Replace(string[] values, int from)
    {
        var (at, isReplaced) = (from, false);
        foreach (var segment in Segments)
        {
            if (at == values.Length)
                break;
            if (segment.Literal is { } literal && !literal.Equals(values[at], StringComparison.OrdinalIgnoreCase))
                return false;
            var end = segment.IsRest ? values.Length : at + 1;
            if (segment.IsSecret)
            {
                Array.Fill(values, Mark, at, end - at);
                isReplaced = true;
            }

            at = end;
        }

        return isReplaced && at == values.Length;
    }

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

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <param name="Literal">What stands there; null for any value.</param>
    /// <param name="IsSecret">Whether that value is.</param>
    /// <param name="IsRest">Whether it is all that is left.</param>
    internal sealed record Segment(string? Literal, bool IsSecret, bool IsRest);
}
