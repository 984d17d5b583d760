using CoLink.Observability.Business;
using Microsoft.EntityFrameworkCore;

namespace MessagingService;

#pragma warning disable CA1862 // EF Core translates ToLower and Contains, not the overloads with a StringComparison.

internal static class Search
{
    private const int HitsPerKind = 20;

    public static void MapSearch(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/search", SearchAsync);
        app.ServiceProvider.GetRequiredService<Operations>().Declare("search");
    }

    private static async Task<IResult> SearchAsync(string? q, string? scope, MessagingDb db, SearchPeer peer, BusinessMetrics metrics, Operations operations, CancellationToken cancellation)
    {
        var input = new Input();
        var query = input.Text("q", q, max: 200);
        var (kind, name) = input.OneOf<SearchScope>("scope", scope, otherwise: SearchScope.All);
        if (input.Refusal is { } refusal)
            return refusal;

        try
        {
            // Counted, timed and a span; what is set goes to the span and the log lines.
            var hits = await operations.RunAsync("search", async operation =>
            {
                operation.Set("search.scope", name);
                var found = await FindAsync(db, query, kind, cancellation);
                if (kind == SearchScope.All)
                    found.AddRange((await peer.MessagesAsync(query, cancellation)).Except(found));
                operation.Set("search.hits", found.Count);
                return found;
            });
            metrics.SearchPerformed(kind);
            return TypedResults.Ok(new Found(query, name, hits));
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            metrics.SearchPerformed(kind, Outcome.Failure);
            throw;
        }
    }

    private static async Task<List<Hit>> FindAsync(MessagingDb db, string query, SearchScope scope, CancellationToken cancellation)
    {
        // Lower case is the database's on both sides, or what it cannot lower would never match.
        var hits = new List<Hit>();
        if (scope is SearchScope.Messages or SearchScope.All)
        {
            hits.AddRange(await db.Messages.Where(message => message.Text.ToLower().Contains(EF.Parameter(query).ToLower()))
                .OrderByDescending(message => message.Id).Take(HitsPerKind)
                .Select(message => new Hit("message", message.Text, message.Channel)).ToListAsync(cancellation));
        }

        if (scope is SearchScope.Files or SearchScope.All)
        {
            hits.AddRange(await db.Files.Where(file => file.Name.ToLower().Contains(EF.Parameter(query).ToLower()))
                .OrderByDescending(file => file.Id).Take(HitsPerKind)
                .Select(file => new Hit("file", file.Name, file.Category)).ToListAsync(cancellation));
        }

        if (scope is SearchScope.Users or SearchScope.All)
        {
            hits.AddRange(await db.Users.Where(user => (user.Name + " " + user.Email).ToLower().Contains(EF.Parameter(query).ToLower()))
                .OrderBy(user => user.Name).Take(HitsPerKind)
                .Select(user => new Hit("user", user.Name, user.Email)).ToListAsync(cancellation));
        }

        if (scope is SearchScope.Channels or SearchScope.All)
        {
            hits.AddRange(await db.Messages.Where(message => message.Channel.ToLower().Contains(EF.Parameter(query).ToLower()))
                .GroupBy(message => message.Channel).OrderBy(channel => channel.Key).Take(HitsPerKind)
                .Select(channel => new Hit("channel", channel.Key, "messages: " + channel.Count())).ToListAsync(cancellation));
        }

        return hits;
    }
}

internal sealed record Found(string Query, string Scope, List<Hit> Hits);

internal sealed record Hit(string Kind, string Title, string Detail);
