using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Tracing.Stub;

/// <summary>
/// A collector of traces that speaks gRPC and http/protobuf, keeps what it takes, and answers what it is told to. It is a bare
/// Kestrel: a hosted one would make a span of each export, which would be exported.
/// </summary>
internal sealed class StubCollector : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private const string GrpcPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<ReceivedExport> _exports = new();
    private readonly ConcurrentQueue<string> _others = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly KestrelServer _server;
    private volatile StubAnswer _answer = StubAnswer.Take;

    private StubCollector(int grpcPort, int httpPort)
    {
        var options = new KestrelServerOptions();
        options.Limits.MaxRequestBodySize = null;
        options.Listen(IPAddress.Loopback, grpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        options.Listen(IPAddress.Loopback, httpPort, listen => listen.Protocols = HttpProtocols.Http1);
        _server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    public Uri Grpc { get; private set; } = null!;

    public Uri Http { get; private set; } = null!;

    public IReadOnlyCollection<ReceivedSpan> Spans => _spans;

    /// <summary>What was sent, taken or not.</summary>
    public IReadOnlyCollection<ReceivedExport> Exports => _exports;

    /// <summary>Where else it was spoken to, such as <c>/v1/metrics</c>, which it does not take.</summary>
    public IReadOnlyCollection<string> OtherPaths => _others;

    /// <summary>What is larger it does not take.</summary>
    public int MostBytes { get; set; } = int.MaxValue;

    public StubAnswer Answer
    {
        get => _answer;
        set => _answer = value;
    }

    public static async Task<StubCollector> StartAsync(int grpcPort = 0, int httpPort = 0)
    {
        var collector = new StubCollector(grpcPort, httpPort);
        await collector._server.StartAsync(collector, CancellationToken.None);
        var addresses = collector._server.Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses.ToArray();
        (collector.Grpc, collector.Http) = (new Uri(addresses[0]), new Uri(addresses[1]));
        return collector;
    }

    /// <summary>The keys that lead here.</summary>
    public Dictionary<string, string?> Settings(bool grpc = true) => new()
    {
        ["CoLink:Observability:Tracing:Otlp:Endpoint"] = (grpc ? Grpc : Http).GetLeftPart(UriPartial.Authority),
        ["CoLink:Observability:Tracing:Otlp:Protocol"] = grpc ? "Grpc" : "HttpProtobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
    };

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var isGrpc = context.Request.Path == GrpcPath;
        if (!isGrpc && context.Request.Path != "/v1/traces")
        {
            _others.Enqueue(context.Request.Path);
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("404 page not found");
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = isGrpc ? Unframe(body.ToArray()) : context.Request.Headers.ContentEncoding == "gzip" ? Unzip(body.ToArray()) : body.ToArray();
        var answer = request.Length > MostBytes ? StubAnswer.Refuse(413, 8, $"grpc: received message larger than max ({request.Length} vs. {MostBytes})") : Answer;
        _exports.Enqueue(new ReceivedExport(isGrpc, (int)body.Length, request.Length, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (answer.IsTaken)
        {
            foreach (var span in TraceRequest.Decode(request))
                _spans.Enqueue(span);
        }

        if (answer.Cuts)
            context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
        else if (answer.Stalls)
            await Forever();
        else if (isGrpc)
            await AnswerGrpcAsync(context.Response, answer);
        else
            await AnswerHttpAsync(context.Response, answer);
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _server.StopAsync(bound.Token);
        _server.Dispose();
        _stopping.Dispose();
    }

    private async Task AnswerGrpcAsync(HttpResponse response, StubAnswer answer)
    {
        response.StatusCode = answer.HttpStatus;
        if (answer.HttpStatus != 200 && answer.GrpcStatus == 0)
        {
            await response.WriteAsync(answer.Message);
            return;
        }

        response.StatusCode = 200;
        response.ContentType = "application/grpc";
        if (answer.GrpcStatus == 0)
        {
            var message = Message(answer);
            var frame = new byte[5 + message.Length];
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
            message.CopyTo(frame, 5);
            await response.Body.WriteAsync(frame);
            if (answer.StallsInTheMiddle)
                await Forever(response);
        }

        response.AppendTrailer("grpc-status", $"{answer.GrpcStatus}");
        if (answer.GrpcStatus != 0)
            response.AppendTrailer("grpc-message", Uri.EscapeDataString(answer.Message));
    }

    private async Task AnswerHttpAsync(HttpResponse response, StubAnswer answer)
    {
        response.StatusCode = answer.HttpStatus;
        var body = answer.HttpStatus == 200 ? Message(answer) : Encoding.UTF8.GetBytes(answer.Message);
        response.ContentType = answer.HttpStatus == 200 ? "application/x-protobuf" : "text/plain";
        await response.Body.WriteAsync(body);
        if (answer.StallsInTheMiddle)
            await Forever(response);
    }

    private async Task Forever(HttpResponse? response = null)
    {
        if (response is not null)
            await response.Body.FlushAsync();
        try
        {
            await Task.Delay(Timeout.Infinite, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The collector ends.
        }
    }

    /// <summary>ExportTraceServiceResponse with its partial success, where there is one.</summary>
    private static byte[] Message(StubAnswer answer)
    {
        if (answer.Rejected == 0 && answer.Message.Length == 0)
            return [];
        var text = Encoding.UTF8.GetBytes(answer.Message);
        byte[] partial = [0x08, .. Varint((ulong)answer.Rejected), 0x12, .. Varint((ulong)text.Length), .. text];
        return [0x0A, .. Varint((ulong)partial.Length), .. partial];
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    private static byte[] Unframe(byte[] frame)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(1)) != frame.Length - 5)
            throw new FormatException("The frame has another length than it says.");
        return frame[0] == 1 ? Unzip(frame[5..]) : frame[5..];
    }

    private static byte[] Unzip(byte[] zipped)
    {
        using var output = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(zipped), CompressionMode.Decompress);
        gzip.CopyTo(output);
        return output.ToArray();
    }
}

/// <param name="IsGrpc">Else HTTP.</param>
/// <param name="BytesOnTheWire">Of the body, as it came.</param>
/// <param name="Bytes">Of the message.</param>
/// <param name="Headers">As they came.</param>
internal sealed record ReceivedExport(bool IsGrpc, int BytesOnTheWire, int Bytes, IReadOnlyDictionary<string, string> Headers);
