using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace MessagingService;

internal static partial class Listening
{
    // Every way to say where to listen. An "Urls" in appsettings.json would win over ASPNETCORE_URLS, so the default stands here.
    private static readonly string[] Keys = ["urls", "http_ports", "https_ports"];

    public static void ListenByDefaultOn(this WebApplicationBuilder builder, int port)
    {
        if (Keys.All(key => string.IsNullOrEmpty(builder.Configuration[key])))
            builder.WebHost.UseUrls($"http://*:{port}");
    }

    /// <summary>Runs until stopped; an address it cannot listen on is one line on standard error and exit code 1.</summary>
    public static async Task<int> RunOrExplainAsync(this WebApplication app)
    {
        app.Lifetime.ApplicationStarted.Register(() =>
            Open(app.Logger, app.Urls.First().Replace("[::]", "localhost").Replace("0.0.0.0", "localhost")));
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (Exception exception) when (exception is IOException { InnerException: AddressInUseException } or SocketException or FormatException or ArgumentOutOfRangeException)
        {
            await Console.Error.WriteLineAsync($"{exception.Message.TrimEnd('.')}. Choose another address: --urls http://localhost:8012");
            return 1;
        }
    }

    [LoggerMessage(3, LogLevel.Information, "Open {Page} in a browser.")]
    private static partial void Open(ILogger logger, string page);
}
