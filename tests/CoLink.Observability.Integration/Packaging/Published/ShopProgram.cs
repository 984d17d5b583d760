namespace CoLink.Observability.Integration.Packaging.Published;

/// <summary>An app that uses what the library has for it, of which each test asks for its part.</summary>
internal static class ShopProgram
{
    /// <summary>Has the app export its traces itself.</summary>
    public const string Exports = "SHOP_EXPORTS";

    /// <summary>Has it decide itself which traces are kept.</summary>
    public const string Samples = "SHOP_SAMPLES";

    public const string Text = """"
        using System.Diagnostics.Metrics;
        using System.Net.WebSockets;
        using CoLink.Observability.Business;
        using CoLink.Observability.Registry;
        using Microsoft.Extensions.Caching.Distributed;
        using Microsoft.Extensions.Caching.Hybrid;
        using Microsoft.Extensions.Caching.Memory;
        using Microsoft.Extensions.Diagnostics.HealthChecks;
        using OpenTelemetry.Trace;

        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddCoLinkObservability();
        builder.Services.AddMemoryCache().AddDistributedMemoryCache().AddHttpClient().AddSingleton<Shop>().AddHybridCache();
        builder.Services.AddHealthChecks().AddCheck("shelves", () => HealthCheckResult.Degraded("half empty"));
        if (Environment.GetEnvironmentVariable("SHOP_EXPORTS") is not null)
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddOtlpExporter());
        if (Environment.GetEnvironmentVariable("SHOP_SAMPLES") is not null)
            builder.Services.ConfigureOpenTelemetryTracerProvider((_, tracing) => tracing.SetSampler(new AlwaysOnSampler()));

        var app = builder.Build();
        app.UseWebSockets();
        app.MapHealthChecks("/health");
        app.MapGet("/hello/{name}", (string name) => $"hello {name}");
        app.MapGet("/quiet/{name}", (string name) => $"hush {name}");
        app.MapGet("/fail", string () => throw new InvalidOperationException("No such shelf; password=hunter2"));
        app.MapPost("/crash", () => new Thread(() => throw new InvalidOperationException("The shop burns.")).Start());
        app.MapGet("/books/{title}", (string title, Shop shop) => shop.Sell(title));
        app.MapGet("/say", (Shop shop) => shop.Say());
        app.MapGet("/orders/{id}", (string id, HttpRequest request, Shop shop) => shop.OrderAsync(id, new Uri($"http://{request.Host}/hello/{id}")));
        app.MapGet("/searches", (BusinessMetrics business) =>
        {
            business.SearchPerformed(SearchScope.Files, Outcome.Failure);
            business.MessageSent(ChannelType.Thread);
            return "searched";
        });
        app.MapGet("/caches", (HybridCache hybrid, IDistributedCache distributed, IMemoryCache memory) => Caches.ReadAsync(hybrid, distributed, memory));
        app.Map("/echo", async (HttpContext context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, true, context.RequestAborted);
            await socket.ReceiveAsync(buffer, context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        });
        app.Run();

        public sealed record Book(string Title, int Pages);

        public sealed record Login(string User, string Password);

        public enum Binding { Paper, Linen }

        public sealed class Shop
        {
            private readonly CounterFamily _sold;
            private readonly Operations _operations;
            private readonly HttpClient _http;
            private readonly ILogger<Shop> _logger;
            private readonly Meter _meter;
            private readonly Counter<int> _moved;
            private readonly Histogram<double> _stored;

            public Shop(MetricRegistry registry, Operations operations, IHttpClientFactory http, IMeterFactory meters, ILogger<Shop> logger)
            {
                _sold = registry.Counter("shop_books_sold_total", "Books that were sold.", "title");
                (_operations, _http, _logger, _meter) = (operations, http.CreateClient(), logger, meters.Create("Shop.Stock"));
                _moved = _meter.CreateCounter<int>("shop.books.moved");
                _stored = _meter.CreateHistogram<double>("shop.books.stored", "s");
            }

            public string Sell(string title)
            {
                _sold.With(title).Inc();
                Prometheus.Metrics.CreateCounter("shop_old_books_sold_total", "Counted as before the library came.").Inc();
                _moved.Add(2, new KeyValuePair<string, object?>("shelf", "scifi"));
                _stored.Record(3);
                return title;
            }

            public async Task<string> OrderAsync(string id, Uri uri) => await _operations.RunAsync("order", async operation =>
            {
                operation.Set("order_id", id);
                var answer = await _http.GetStringAsync(uri);
                _logger.LogInformation("Ordered {Order}", id);
                if (id == "0")
                    throw new TimeoutException("no answer");
                return answer;
            });

            public string Say()
            {
                using (_logger.BeginScope(new Dictionary<string, object> { ["Tenant"] = "acme" }))
                using (_logger.BeginScope("Basket {Basket}", 7))
                using (_logger.BeginScope(("Region", (object)"eu")))
                {
                    _logger.LogWarning(new EventId(12, "Sold"), "Sold {@Book} for {Price} to {Buyer} at {Shelf} with {Password} as {Binding}, {@Titles}, {@Stock}, {@Gift}",
                        new Book("Dune", 600), 12.5m, "ada", "scifi", "hunter2", Binding.Linen, new[] { "Dune", "Emma" }, new Dictionary<string, int> { ["Dune"] = 3 }, new { Wrapped = true });
                    _logger.LogInformation("Came {@Login}, {@Logins}", new Login("ada", "hunter2"), new[] { new Login("bob", "hunter2") });
                }

                return "said";
            }
        }

        public static class Caches
        {
            public static async Task<string> ReadAsync(HybridCache hybrid, IDistributedCache distributed, IMemoryCache memory)
            {
                var read = await hybrid.GetOrCreateAsync("word", _ => ValueTask.FromResult("a"));
                read += await hybrid.GetOrCreateAsync("word", _ => ValueTask.FromResult("b"));
                read += await hybrid.GetOrCreateAsync("value", (Number: 7, Word: "c"), (state, _) => ValueTask.FromResult($"{state.Word}{state.Number}"));
                read += await hybrid.GetOrCreateAsync("value", 8, (state, _) => ValueTask.FromResult($"{state}"));
                read += await hybrid.GetOrCreateAsync("bytes", new Guid(), (state, _) => ValueTask.FromResult(state.ToByteArray())) is { Length: 16 } ? "d" : "";
                read += await distributed.GetStringAsync("key");
                await distributed.SetStringAsync("key", "e");
                read += await distributed.GetStringAsync("key");
                read += await distributed.GetStringAsync("key");
                read += memory.Get<string>("key");
                memory.Set("key", "f");
                return read + memory.Get<string>("key") + memory.Get<string>("key") + memory.GetOrCreate("key", _ => "g");
            }
        }
        """";
}
