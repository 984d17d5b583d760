using System.Net.Sockets;
using System.Text;

namespace CoLink.Observability.Tests.Exposition;

/// <summary>A scraper that writes its own bytes: it may repeat a header, read slowly, and go away.</summary>
internal sealed class RawScrape : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };

    public static async Task<RawScrape> SendAsync(Uri server, params string[] headers)
    {
        var scrape = new RawScrape();
        await scrape._socket.ConnectAsync(server.Host, server.Port);
        await scrape._socket.SendAsync(Encoding.ASCII.GetBytes($"GET /metrics HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"));
        return scrape;
    }

    /// <summary>Its first bytes, at most a kilobyte: once they are there, the scrape is being written.</summary>
    public async Task<string> ReadSomeAsync(CancellationToken cancellation)
    {
        var buffer = new byte[1024];
        return Encoding.ASCII.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, cancellation));
    }

    /// <summary>The status of the answer.</summary>
    public async Task<int> StatusAsync(CancellationToken cancellation) =>
        int.Parse((await ReadSomeAsync(cancellation)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>All bytes until the server ends the connection.</summary>
    public async Task<string> ReadToEndAsync(CancellationToken cancellation)
    {
        await using var stream = new NetworkStream(_socket);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(cancellation);
    }

    public void Dispose() => _socket.Dispose();
}
