using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using CoLink.Observability.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace CoLink.Observability.Tests.Http.RouteTable;

/// <summary>Asks an app, and says in a word or two what came back.</summary>
internal sealed class RouteClient : IDisposable
{
    private readonly RunningApp _app;

    public RouteClient(RunningApp app)
    {
        _app = app;
        Handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        Handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == Listeners.Subject;
        Http = new HttpClient(Handler, disposeHandler: false);
    }

    public SocketsHttpHandler Handler { get; }

    public HttpClient Http { get; }

    public Signal Signal => _app.Services.GetRequiredService<Signal>();

    /// <summary>The address that a case added with <see cref="Listeners"/>.</summary>
    public Uri Second => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(1));

    public Uri Uri(string path) => new(_app.Address, path);

    public Task<string> SendAsync(string method, string path, Action<HttpRequestMessage>? change = null) =>
        SendAsync(new HttpRequestMessage(new HttpMethod(method), Uri(path)), change);

    /// <summary>By HTTP/2 to the second address.</summary>
    public Task<string> SendHttp2Async(string path) => SendAsync(
        new HttpRequestMessage(HttpMethod.Get, new Uri(Second, path)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact });

    /// <summary>Goes away as soon as the app has the request.</summary>
    public async Task<string> AbortAsync(string path)
    {
        using var gone = new CancellationTokenSource();
        var request = Http.GetAsync(Uri(path), gone.Token);
        await Signal.Entered.WaitAsync(Bound);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        return "went away";
    }

    /// <summary>Sends a line and reads it back, then closes.</summary>
    public async Task<string> WebSocketAsync(string path, bool http2 = false, string line = "hello")
    {
        using var socket = new ClientWebSocket();
        var address = new UriBuilder(http2 ? new Uri(Second, path) : Uri(path));
        address.Scheme = address.Scheme == "https" ? "wss" : "ws";
        if (http2)
        {
            socket.Options.HttpVersion = HttpVersion.Version20;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        socket.Options.CollectHttpResponseDetails = true;
        using var bound = new CancellationTokenSource(Bound);
        try
        {
            await socket.ConnectAsync(address.Uri, new HttpMessageInvoker(Handler, disposeHandler: false), bound.Token);
        }
        catch (WebSocketException)
        {
            return Text(socket.HttpStatusCode);
        }

        await socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, bound.Token);
        await socket.ReceiveAsync(new byte[1024], bound.Token);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, bound.Token);
        return Text(socket.HttpStatusCode);
    }

    /// <summary>Sends text as it stands and reads until the server closes, or until the first line where it does not.</summary>
    public async Task<string> RawAsync(string head, string after = "")
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _app.Address.Port);
        await using var stream = socket.GetStream();
        var trace = Activity.Current is { } current ? $"traceparent: {current.Id}\r\n" : "";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\nHost: localhost\r\n{trace}{after}\r\n"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var first = await reader.ReadLineAsync().WaitAsync(Bound);
        return first?.Split(' ') is { Length: > 1 } words ? words[1] : "nothing";
    }

    public void Dispose()
    {
        Http.Dispose();
        Handler.Dispose();
    }

    public static TimeSpan Bound { get; } = TimeSpan.FromSeconds(60);

    public static string Text(HttpStatusCode status) => ((int)status).ToString(CultureInfo.InvariantCulture);

    private async Task<string> SendAsync(HttpRequestMessage request, Action<HttpRequestMessage>? change = null)
    {
        using (request)
        {
            change?.Invoke(request);
            using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
            try
            {
                await response.Content.ReadAsStringAsync().WaitAsync(Bound);
                return Text(response.StatusCode);
            }
            catch (HttpRequestException)
            {
                return $"{Text(response.StatusCode)}, broken off";
            }
        }
    }
}
