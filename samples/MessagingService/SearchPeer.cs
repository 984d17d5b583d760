using System.Text.Json;

namespace MessagingService;

/// <summary>
/// Another instance with a database of its own, where <c>Services:Search</c> names one: a search of everything finds its messages too.
/// It is asked for its messages alone, so that two who ask each other do not go round in circles. While it is away, nothing of it is found.
/// </summary>
internal sealed partial class SearchPeer(HttpClient client, ILogger<SearchPeer> logger)
{
    public async Task<IEnumerable<Hit>> MessagesAsync(string query, CancellationToken cancellation)
    {
        if (client.BaseAddress is null)
            return [];
        try
        {
            return (await client.GetFromJsonAsync<Found>($"api/search?scope=messages&q={Uri.EscapeDataString(query)}", cancellation))?.Hits ?? [];
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            NotFound(logger, exception.Message);
            return [];
        }
    }

    [LoggerMessage(7, LogLevel.Warning, "The other instance was not searched: {Reason}")]
    private static partial void NotFound(ILogger logger, string reason);
}

internal static class SearchPeerSetup
{
    public static void AddSearchPeer(this WebApplicationBuilder builder)
    {
        const string Key = "Services:Search";
        Uri? address = null;
        if (builder.Configuration[Key] is { Length: > 0 } given && (!Uri.TryCreate(given.TrimEnd('/') + "/", UriKind.Absolute, out address) || address.Scheme is not ("http" or "https")))
            throw new FormatException($"{Key} {Input.Quote(given)} is no address. Allowed: another instance's, such as http://localhost:8012");
        var patience = Patience.Of(builder.Configuration, "Services:Patience", TimeSpan.FromSeconds(2));
        builder.Services.AddHttpClient<SearchPeer>(client => (client.BaseAddress, client.Timeout) = (address, patience));
    }
}
