using CoLink.Observability.Business;

namespace MessagingService;

internal static class Messages
{
    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/messages", SendAsync);
        app.MapGet("/api/messages", RecentAsync);

        // Resolved as the service starts, so that their counters stand at 0 before the first event: an increase needs a value before it.
        app.ServiceProvider.GetRequiredService<BusinessMetrics>();
        app.ServiceProvider.GetRequiredService<MessagingMetrics>();
    }

    private static async Task<IResult> SendAsync(
        NewMessage? body, MessagingDb db, RecentMessages recent, MessageFeed feed, BusinessMetrics metrics, TimeProvider time, CancellationToken cancellation)
    {
        var input = new Input();
        var channel = input.Channel(body?.Channel);
        var text = input.Text("text", body?.Text, max: 4000);
        var type = input.OneOf<ChannelType>("channelType", body?.ChannelType);
        var author = input.Text("author", body?.Author, max: 100);
        if (input.Refusal is { } refusal)
            return refusal;

        var message = new Message { Channel = channel, Text = text, ChannelType = type.Name, Author = author, SentAt = time.GetUtcNow() };
        db.Add(message);
        await db.SaveChangesAsync(cancellation);

        // A message that was not stored was not sent.
        metrics.MessageSent(type.Value);
        await recent.ForgetAsync(channel);
        feed.Publish(message);
        return TypedResults.Created((string?)null, message);
    }

    private static async Task<IResult> RecentAsync(string? channel, RecentMessages recent, CancellationToken cancellation)
    {
        var input = new Input();
        var name = input.Channel(channel);
        return input.Refusal ?? TypedResults.Bytes(await recent.OfAsync(name, cancellation), "application/json; charset=utf-8");
    }

    private sealed record NewMessage(string? Channel, string? Text, string? ChannelType, string? Author);
}
