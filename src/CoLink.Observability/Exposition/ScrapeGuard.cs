using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Exposition;

/// <summary>Who may scrape: the network first, then credentials, then the app's policy; all that are given must pass.</summary>
internal sealed class ScrapeGuard
{
    private readonly AllowedNetworks _networks;
    private readonly Credentials _credentials;
    private readonly string? _policy;
    private readonly ILogger _logger;
    private int _warned;

    public ScrapeGuard(IOptions<CoLinkObservabilityOptions> options, ILogger<ScrapeGuard> logger)
    {
        var metrics = options.Value.Metrics;
        _networks = new AllowedNetworks(metrics.AllowedNetworks ?? []);
        _credentials = new Credentials(metrics.BearerToken, metrics.BasicUser, metrics.BasicPassword);
        _policy = metrics.Policy;
        _logger = logger;
    }

    public bool ChecksPeers => !_networks.IsOpen;

    /// <summary>The guards in words, for the start-up line.</summary>
    public string Describe()
    {
        string?[] guards = [_networks.IsOpen ? null : "networks", _credentials.AreRequired ? string.Join(" and ", _credentials.Challenges.Select(challenge => challenge.Split(' ')[0].ToLowerInvariant())) : null, _policy is null ? null : $"policy {_policy}"];
        var given = guards.Where(guard => guard is not null).ToArray();
        return given.Length == 0 ? "anonymous" : string.Join(", ", given);
    }

    /// <summary>
    /// Keeps the peer of a request that the app's own middleware passes on to an endpoint of ours: what reads forwarded headers
    /// rewrites it, and a header can be forged.
    /// </summary>
    public static void KeepPeer(HttpContext context) => context.Features.Set(new Peer(context.Connection.RemoteIpAddress));

    /// <summary>Answers a scrape that may not be; null where it may.</summary>
    public async Task<string?> RefuseAsync(HttpContext context)
    {
        var peer = PeerOf(context);
        if (!_networks.Contains(peer))
            return Refuse(context, StatusCodes.Status403Forbidden, ExpositionMetrics.Forbidden);

        if (!_credentials.Accept(context.Request.Headers.Authorization))
        {
            context.Response.Headers.WWWAuthenticate = _credentials.Challenges;
            return Refuse(context, StatusCodes.Status401Unauthorized, ExpositionMetrics.Unauthorized);
        }

        if (_policy is not null)
            return await RefuseByPolicyAsync(context, _policy);

        if (_networks.IsOpen && !_credentials.AreRequired && AllowedNetworks.IsPublic(peer) && Interlocked.Exchange(ref _warned, 1) == 0)
            Log.ScrapedFromPublicAddress(_logger, peer!);
        return null;
    }

    /// <summary>Through the evaluator, as the authorization middleware would, whether or not the app has one.</summary>
    private static async Task<string?> RefuseByPolicyAsync(HttpContext context, string name)
    {
        var services = context.RequestServices;
        var policy = await services.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync(name)
            ?? throw new InvalidOperationException($"The authorization policy '{name}' is gone.");
        var evaluator = services.GetRequiredService<IPolicyEvaluator>();
        await AuthenticateByDefaultAsync(context, policy);
        var authenticated = await evaluator.AuthenticateAsync(policy, context);
        var result = await evaluator.AuthorizeAsync(policy, authenticated, context, context);
        if (result.Succeeded)
            return null;

        var schemes = policy.AuthenticationSchemes;
        var canAnswer = services.GetService<IAuthenticationService>() is not null;
        if (result.Challenged)
            return await AnswerAsync(context, canAnswer, schemes, StatusCodes.Status401Unauthorized, static (c, scheme) => c.ChallengeAsync(scheme), ExpositionMetrics.Unauthorized);
        return await AnswerAsync(context, canAnswer, schemes, StatusCodes.Status403Forbidden, static (c, scheme) => c.ForbidAsync(scheme), ExpositionMetrics.Forbidden);
    }

    /// <summary>A policy that names no scheme relies on the authentication middleware to have tried the app's default one; here none has run.</summary>
    private static async Task AuthenticateByDefaultAsync(HttpContext context, AuthorizationPolicy policy)
    {
        if (policy.AuthenticationSchemes.Count > 0 || context.Features.Get<IAuthenticateResultFeature>() is not null)
            return;
        if (context.RequestServices.GetService<IAuthenticationSchemeProvider>() is not { } schemes || await schemes.GetDefaultAuthenticateSchemeAsync() is not { } scheme)
            return;
        var result = await context.AuthenticateAsync(scheme.Name);
        if (result.Succeeded)
            context.User = result.Principal;
    }

    private static async Task<string> AnswerAsync(
        HttpContext context, bool canAnswer, IReadOnlyList<string> schemes, int status, Func<HttpContext, string?, Task> answer, string outcome)
    {
        context.Response.StatusCode = status;
        try
        {
            if (canAnswer && schemes.Count == 0)
                await answer(context, null);
            foreach (var scheme in canAnswer ? schemes : [])
                await answer(context, scheme);
        }
        catch (InvalidOperationException)
        {
            // The app has no default scheme to answer with; the status alone says it.
        }

        return outcome;
    }

    private static string Refuse(HttpContext context, int status, string outcome)
    {
        context.Response.StatusCode = status;
        return outcome;
    }

    private static IPAddress? PeerOf(HttpContext context) =>
        context.Features.Get<Peer>() is { } remembered ? remembered.Address : context.Connection.RemoteIpAddress;

    private sealed record Peer(IPAddress? Address);
}
