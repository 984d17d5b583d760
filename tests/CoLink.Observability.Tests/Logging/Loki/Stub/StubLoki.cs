using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Logging.Loki.Stub;

/// <summary>A Loki on a real Kestrel at a free loopback port, which can refuse, delay and die. It may stand in front of a real one, and then stores nothing itself.</summary>
internal sealed class StubLoki : IAsyncDisposable
{
    private const string Path = "/loki/api/v1/push";

    private readonly ConcurrentQueue<StubFault> _next = new();
    private readonly ConcurrentQueue<StubPush> _pushes = new();
    private readonly WebApplication _app;
    private readonly StubStore _store;
    private readonly HttpClient? _behind;
    private readonly bool _keepsPushes;

    private StubLoki(WebApplication app, TimeProvider time, Uri? behind, Func<string, StubEntry, bool>? keep)
    {
        (_app, _store, _keepsPushes) = (app, new StubStore(time, keep), keep is null);
        _behind = behind is null ? null : new HttpClient { BaseAddress = behind };
        app.MapPost(Path, TakeAsync);
        app.MapGet(StubQuery.Path, (string query, long start, long limit) => StubQuery.Answer(Streams, query, start, limit));
    }

    /// <summary>With the path of the push API.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>For every push but those that <see cref="Next"/> has one for; null for none.</summary>
    public Func<StubPush, StubFault?>? Fault { get; set; }

    /// <summary>Every push that was seen, in the order in which they came.</summary>
    public IReadOnlyCollection<StubPush> Pushes => _pushes;

    /// <summary>Its <c>max_line_size</c>.</summary>
    public int LongestLine
    {
        get => _store.LongestLine;
        set => _store.LongestLine = value;
    }

    public int Duplicates => _store.Duplicates;

    public IReadOnlyDictionary<string, IReadOnlyList<StubEntry>> Streams => _store.Streams;

    /// <summary>Every line that is stored, stream by stream.</summary>
    public IReadOnlyList<string> Lines => [.. Streams.Values.SelectMany(stream => stream).Select(entry => entry.Line)];

    /// <param name="time">Its clock.</param>
    /// <param name="certificate">For https.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="behind">The real one that it stands in front of, without a path.</param>
    /// <param name="keep">Keeps an entry in its place, and says whether it is new: there are more than it has room for, and it keeps no <see cref="Pushes"/> either.</param>
    public static async Task<StubLoki> StartAsync(TimeProvider? time = null, X509Certificate2? certificate = null, int port = 0, Uri? behind = null, Func<string, StubEntry, bool>? keep = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var loki = new StubLoki(app, time ?? TimeProvider.System, behind, keep);
        await app.StartAsync();
        loki.Address = new Uri(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), Path);
        return loki;
    }

    /// <summary>For the next pushes, one each.</summary>
    public void Next(params IEnumerable<StubFault> faults)
    {
        foreach (var fault in faults)
            _next.Enqueue(fault);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _behind?.Dispose();
    }

    private async Task TakeAsync(HttpContext context)
    {
        var push = new StubPush(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        var isPlanned = _next.TryDequeue(out var fault);
        if (fault is { IsCut: true, Stores: false })
        {
            Keep(push);
            context.Abort();
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var (status, text) = Decode(push, body.ToArray());
        fault = isPlanned ? fault : Fault?.Invoke(push);
        if (status == 0 && fault is null or { Stores: true })
            (status, text) = _behind is null ? _store.Push(push.Streams) : await ForwardAsync(_behind, push, body.ToArray());
        Keep(push);
        if (fault is { IsCut: true })
        {
            context.Abort();
            return;
        }

        if (fault is { Hangs: true })
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        foreach (var (name, value) in fault?.Headers ?? new Dictionary<string, string>())
            context.Response.Headers[name] = value;
        context.Response.StatusCode = fault is { Status: > 0 } ? fault.Status : status;
        if ((fault?.Text ?? text) is { Length: > 0 } said)
            await context.Response.WriteAsync(said, CancellationToken.None);
    }

    private void Keep(StubPush push)
    {
        if (_keepsPushes)
            _pushes.Enqueue(push);
    }

    private static async Task<(int Status, string Text)> ForwardAsync(HttpClient behind, StubPush push, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        foreach (var (name, value) in push.Headers.Where(header => header.Key is "Content-Type" or "Content-Encoding"))
            content.Headers.TryAddWithoutValidation(name, value);
        using var answer = await behind.PostAsync(Path, content);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static (int Status, string Text) Decode(StubPush push, byte[] body)
    {
        try
        {
            push.Bytes = body.Length;
            push.Streams = PushDecoder.Decode(push.Headers.GetValueOrDefault("Content-Type"), push.Headers.GetValueOrDefault("Content-Encoding"), body);
            return (0, "");
        }
        catch (FormatException exception)
        {
            return (400, exception.Message);
        }
    }
}

internal sealed class StubPush(IReadOnlyDictionary<string, string> headers)
{
    public IReadOnlyDictionary<string, string> Headers => headers;

    /// <summary>Of the body as it came.</summary>
    public int Bytes { get; set; }

    public IReadOnlyList<StubStream> Streams { get; set; } = [];

    public IReadOnlyList<StubEntry> Entries => [.. Streams.SelectMany(stream => stream.Entries)];
}
