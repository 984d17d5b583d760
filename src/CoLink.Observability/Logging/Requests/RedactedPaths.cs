using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace CoLink.Observability.Logging.Requests;

/// <summary>
/// Takes the values of secret route parameters out of paths, such as the token of <c>/reset/{token}</c>. A path alone does not say
/// what in it is secret, so the routes that have such parameters are known here; an app has few of them, most have none.
/// </summary>
/// <param name="isSecret">Whether a parameter of this name is.</param>
internal sealed class RedactedPaths(Func<string, bool> isSecret)
{
    /// <summary>Bases of paths are a deployment's; who asks for many of them is a client.</summary>
    private const int MostBases = 8;

    private readonly Lock _gate = new();
    private SecretRoute[] _routes = [];
    private int _bases;

    /// <summary>Endpoints as they become known: all of them as the app starts, and each with its first request.</summary>
    public void Learn(IEnumerable<Endpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (SecretRoute.Of(endpoint, isSecret) is { } route)
                Add(route);
        }
    }

    /// <summary>The path with what is secret replaced, by every route that could have taken it: the path does not say which one did.</summary>
    public string Redact(string path)
    {
        foreach (var route in Volatile.Read(ref _routes))
            path = route.Redact(path);
        return path;
    }

    /// <summary>The same where the endpoint is known: in front of its route may stand a base that the app has taken off the path.</summary>
    public string Redact(string path, Endpoint? endpoint)
    {
        if (Volatile.Read(ref _routes).Length == 0)
            return path;
        if (_bases < MostBases && SecretRoute.Of(endpoint, isSecret) is { } route && route.Behind(path) is { } based && Add(based))
            Interlocked.Increment(ref _bases);
        return Redact(path);
    }

    private bool Add(SecretRoute route)
    {
        lock (_gate)
        {
            if (_routes.Any(known => known.Segments.SequenceEqual(route.Segments)))
                return false;
            Volatile.Write(ref _routes, [.. _routes, route]);
            return true;
        }
    }
}
