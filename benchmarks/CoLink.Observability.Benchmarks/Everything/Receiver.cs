using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Benchmarks.Everything;

/// <summary>A collector and a Loki on loopback that take everything and count it: what was dropped costs nothing, and must not count as cheap.</summary>
internal sealed class Receiver : IDisposable
{
    private const int GrpcFrame = 5;

    /// <summary>Of the values in <c>{"streams":[{"values":[[…]]}]}</c>.</summary>
    private const int DepthOfEntries = 4;

    private readonly WebApplication _app;
    private long _spans;
    private long _lines;

    public Receiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Run(TakeAsync);
        _app.StartAsync().GetAwaiter().GetResult();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        (Collector, Loki) = (new Uri(addresses[0]), new Uri(addresses[1]));
    }

    public Uri Collector { get; }

    public Uri Loki { get; }

    public long Spans => Interlocked.Read(ref _spans);

    public long Lines => Interlocked.Read(ref _lines);

    public void Dispose() => _app.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (context.Request.Protocol == HttpProtocol.Http2)
        {
            Interlocked.Add(ref _spans, SpansIn(body.GetBuffer().AsSpan(GrpcFrame, (int)body.Length - GrpcFrame)));
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[GrpcFrame]);
            context.Response.AppendTrailer("grpc-status", "0");
            return;
        }

        body.Position = 0;
        using var plain = new MemoryStream();
        if (context.Request.Headers.ContentEncoding == "gzip")
            await new GZipStream(body, CompressionMode.Decompress).CopyToAsync(plain);
        else
            await body.CopyToAsync(plain);
        Interlocked.Add(ref _lines, LinesIn(plain.GetBuffer().AsSpan(0, (int)plain.Length)));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static int LinesIn(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var lines = 0;
        while (reader.Read())
            lines += reader.TokenType == JsonTokenType.StartArray && reader.CurrentDepth == DepthOfEntries ? 1 : 0;
        return lines;
    }

    /// <summary>resource_spans (1) of scope_spans (2) of spans (2).</summary>
    private static int SpansIn(ReadOnlySpan<byte> request, int level = 0)
    {
        var spans = 0;
        while (request.Length > 0)
        {
            var tag = (int)Varint(ref request);
            var length = (tag & 7) switch { 0 => Skipped(ref request), 1 => 8, 2 => (int)Varint(ref request), _ => 4 };
            if (tag == (level == 0 ? 0x0A : 0x12))
                spans += level == 2 ? 1 : SpansIn(request[..length], level + 1);
            request = request[length..];
        }

        return spans;
    }

    private static int Skipped(ref ReadOnlySpan<byte> message)
    {
        Varint(ref message);
        return 0;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var part = message[0];
            message = message[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
            shift += 7;
        }
    }
}
