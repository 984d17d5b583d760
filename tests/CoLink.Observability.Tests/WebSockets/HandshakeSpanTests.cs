using System.Collections.Concurrent;
using System.Diagnostics;
using CoLink.Observability.Tests.Http.RouteTable;
using CoLink.Observability.Tests.Support;
using CoLink.Observability.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Instrumentation.AspNetCore;
using static CoLink.Observability.Tests.WebSockets.SocketApp;

namespace CoLink.Observability.Tests.WebSockets;

/// <summary>What OpenTelemetry's instrumentation exports of a connection, and when: the handshake, as soon as it is done.</summary>
[Collection(nameof(ProcessWide))]
public sealed class HandshakeSpanTests
{
    private const string Errors = "colink_telemetry_observer_errors_total";

    [Theory]
    [InlineData("HTTP/1.1", "GET", 101)]
    [InlineData("h2c", "CONNECT", 200)]
    [InlineData("HTTP/2 over TLS", "CONNECT", 200)]
    public async Task The_span_is_the_handshake_and_is_exported_while_the_socket_is_open(string version, string method, int status)
    {
        using var exported = new ExportedSpans();
        ExportedSpans.ExportedSpan span;
        await using (var app = await ServeAsync(EchoAsync, builder =>
        {
            exported.AddTo(builder);
            if (version != "HTTP/1.1")
                (version == "h2c" ? (Action<WebApplicationBuilder>)Listeners.H2c : Listeners.Tls)(builder);
        }))
        {
            using var client = new RouteClient(app);
            using var invoker = new HttpMessageInvoker(client.Handler, disposeHandler: false);
            using var socket = version == "HTTP/1.1" ? await app.ConnectAsync() : await app.ConnectHttp2Async(invoker);
            await socket.SendTextAsync("hello");
            await socket.ReceiveTextAsync();

            span = Assert.Single(exported.All);
            Assert.Equal(($"{method} /ws/{{channel}}", ActivityKind.Server, ActivityStatusCode.Unset), (span.Name, span.Activity.Kind, span.Status));
            Assert.Equal((method, "/ws/1", "/ws/{channel}", (object)status), (span.Tag("http.request.method"), span.Tag("url.path"), span.Tag("http.route"), span.Tag("http.response.status_code")));
            await socket.CloseAsync();
            await app.ReasonAsync();
        }

        // Once, and nothing was added to what may be on its way to the collector.
        Assert.Same(span, Assert.Single(exported.All));
        Assert.Equal(span.Tags, span.Activity.TagObjects);
        Assert.Equal(span.Duration, span.Activity.Duration);
    }

    [Fact]
    public async Task An_upgrade_to_any_other_protocol_ends_it_too()
    {
        using var exported = new ExportedSpans();
        var answer = new TaskCompletionSource();
        await using var app = await RunningApp.StartAsync(
            a => a.MapGet("/raw", async (HttpContext context) =>
            {
                await using var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
                await answer.Task;
            }),
            exported.AddTo);
        using var client = new RouteClient(app);

        Assert.Equal("101", await client.RawAsync("GET /raw HTTP/1.1", "Connection: Upgrade\r\nUpgrade: echo\r\n"));

        await Eventually.IsTrue(() => exported.All.Any());
        answer.SetResult();
        Assert.Equal(("GET /raw", (object)101), (exported.All.Single().Name, exported.All.Single().Tag("http.response.status_code")));
    }

    [Fact]
    public async Task A_refused_upgrade_is_a_request_like_any_other()
    {
        using var exported = new ExportedSpans();
        await using var app = await RunningApp.StartAsync(a => a.Map("/ws", () => Results.StatusCode(403)), exported.AddTo);
        var (socket, status) = await app.ConnectRawAsync("/ws");
        socket.Dispose();

        Assert.Contains("403", status, StringComparison.Ordinal);
        await Eventually.IsTrue(() => exported.All.Any());
        Assert.Equal((" /ws", (object)403), (exported.All.Single().Name["GET".Length..], exported.All.Single().Tag("http.response.status_code")));
    }

    [Fact]
    public async Task What_happens_on_the_socket_is_the_handshakes_and_stays_in_its_trace()
    {
        using var exported = new ExportedSpans();
        using var source = new ActivitySource(ExportedSpans.AppSource);
        await using var app = await ServeAsync(async (socket, context) =>
        {
            using (source.StartActivity("greeting"))
                await socket.SendTextAsync(Activity.Current!.TraceId.ToHexString());
            await socket.SendTextAsync(Activity.Current!.Id!);
            await EchoAsync(socket, context);
        }, exported.AddTo);
        using var socket = await app.ConnectAsync();
        var (trace, current) = (await socket.ReceiveTextAsync(), await socket.ReceiveTextAsync());

        var handshake = Assert.Single(exported.Requests).Activity;
        Assert.Equal((handshake.TraceId.ToHexString(), handshake.Id), (trace, current));
        Assert.Equal(handshake.SpanId, exported.All.Single(span => span.Name == "greeting").Activity.ParentSpanId);
        await socket.CloseAsync();
    }

    [Fact]
    public async Task An_exception_on_the_socket_is_no_failure_of_the_handshake()
    {
        using var exported = new ExportedSpans();
        await using (var app = await ServeAsync((_, _) => throw new InvalidOperationException("after the handshake"), exported.AddTo))
        {
            using var socket = await app.ConnectAsync();
            Assert.Equal("server_error", await app.ReasonAsync());
        }

        var span = Assert.Single(exported.All);
        Assert.Equal((ActivityStatusCode.Unset, ActivityStatusCode.Unset), (span.Status, span.Activity.Status));
        Assert.Empty(span.Activity.Events);
    }

    [Fact]
    public async Task Hosting_tells_its_listeners_of_one_end_when_the_connection_ends()
    {
        using var exported = new ExportedSpans();
        var ends = new ConcurrentQueue<Activity?>();
        await using (var app = await ServeAsync(EchoAsync, exported.AddTo))
        {
            using var subscription = app.Services.GetRequiredService<DiagnosticListener>().Subscribe(new Listener(ends));
            using var socket = await app.ConnectAsync();
            await Eventually.IsTrue(() => exported.All.Any());
            Assert.Empty(ends);

            await socket.CloseAsync();
            await Eventually.IsTrue(() => !ends.IsEmpty);
        }

        Assert.Same(exported.All.Single().Activity, Assert.Single(ends));
    }

    [Fact]
    public async Task Requests_after_it_on_the_same_connection_have_traces_of_their_own()
    {
        using var exported = new ExportedSpans();
        await using var app = await ServeAsync(EchoAsync, builder =>
        {
            exported.AddTo(builder);
            Listeners.H2c(builder);
        });
        using var client = new RouteClient(app);
        using var invoker = new HttpMessageInvoker(client.Handler, disposeHandler: false);
        for (var i = 0; i < 3; i++)
        {
            using var socket = await app.ConnectHttp2Async(invoker);
            await socket.CloseAsync();
            await client.SendHttp2Async("/nowhere");
        }

        await Eventually.IsTrue(() => exported.All.Count() == 6);
        Assert.Equal(6, exported.All.Select(span => span.Activity.TraceId).Distinct().Count());
        Assert.All(exported.All, span => Assert.DoesNotContain(exported.All, other => other.Activity.SpanId == span.Activity.ParentSpanId));
    }

    [Fact]
    public async Task What_the_sampler_drops_stays_dropped()
    {
        using var exported = new ExportedSpans(ratio: 0);
        await using (var app = await ServeAsync(EchoAsync, exported.AddTo))
        {
            using var socket = await app.ConnectAsync();
            await socket.CloseAsync();
            Assert.Equal("normal", await app.ReasonAsync());
        }

        Assert.Empty(exported.All);
    }

    [Theory]
    [InlineData("Http")]
    [InlineData("WebSockets")]
    [InlineData("Both")]
    public async Task It_ends_whatever_metrics_are_off(string off)
    {
        using var exported = new ExportedSpans();
        await using var app = await ServeAsync(EchoAsync, exported.AddTo, options =>
        {
            options.Http.Enabled = off == "WebSockets";
            options.WebSockets.Enabled = off == "Http";
        });
        using var socket = await app.ConnectAsync();

        await Eventually.IsTrue(() => exported.All.Any());
        Assert.Equal("GET /ws/{channel}", exported.All.Single().Name);
    }

    [Fact]
    public async Task What_the_app_adds_to_spans_is_added_once_and_before_the_export()
    {
        using var exported = new ExportedSpans();
        await using (var app = await ServeAsync(EchoAsync, builder =>
        {
            exported.AddTo(builder);
            builder.Services.Configure<AspNetCoreTraceInstrumentationOptions>(options => options.EnrichWithHttpResponse = (span, response) => span.AddTag("added", response.StatusCode));
        }))
        {
            app.Services.GetRequiredService<HandshakeSpans>().Enrich = app.Services.GetRequiredService<IOptionsMonitor<AspNetCoreTraceInstrumentationOptions>>().CurrentValue.EnrichWithHttpResponse;
            using var socket = await app.ConnectAsync();
            await socket.CloseAsync();
            await app.ReasonAsync();
        }

        var span = exported.All.Single(one => one.Tag("http.route") is not null);
        Assert.Equal(101, span.Tag("added"));
        Assert.Single(span.Activity.TagObjects, tag => tag.Key == "added");
    }

    [Fact]
    public async Task What_fails_there_is_counted_and_neither_the_socket_nor_the_span_feels_it()
    {
        using var exported = new ExportedSpans();
        await using var app = await ServeAsync(EchoAsync, exported.AddTo);
        app.Services.GetRequiredService<HandshakeSpans>().Enrich = (_, _) => throw new InvalidOperationException("no tag");
        using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("hello");

        Assert.Equal("hello", await socket.ReceiveTextAsync());
        Assert.Equal("GET /ws/{channel}", Assert.Single(exported.Requests).Name);
        Assert.Equal(1, (await app.ScrapeAsync()).Value(Errors, ("observer", "websocket")));
    }

    /// <summary>OpenTelemetry puts a span of its own in the place of hosting's then.</summary>
    [Fact]
    public async Task A_parent_that_another_propagator_reads_is_the_handshakes_parent()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        var propagator = Propagators.DefaultTextMapPropagator;
        Sdk.SetDefaultTextMapPropagator(new FromOneHeader());
        try
        {
            using var exported = new ExportedSpans();
            await using (var app = await ServeAsync(EchoAsync, exported.AddTo))
            {
                using var socket = await app.ConnectAsync(options: options => options.SetRequestHeader("x-parent", $"{Trace}-b7ad6b7169203331"));
                await Eventually.IsTrue(() => exported.All.Any());
                await socket.CloseAsync();
                await app.ReasonAsync();
            }

            var span = Assert.Single(exported.All);
            Assert.Equal(("GET /ws/{channel}", Trace), (span.Name, span.Activity.TraceId.ToHexString()));
        }
        finally
        {
            Sdk.SetDefaultTextMapPropagator(propagator);
        }
    }

    private sealed class Listener(ConcurrentQueue<Activity?> ends) : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == "Microsoft.AspNetCore.Hosting.HttpRequestIn.Stop")
                ends.Enqueue(Activity.Current);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class FromOneHeader : TextMapPropagator
    {
        public override ISet<string> Fields => new HashSet<string> { "x-parent" };

        public override PropagationContext Extract<T>(PropagationContext context, T carrier, Func<T, string, IEnumerable<string>?> getter) =>
            getter(carrier, "x-parent")?.FirstOrDefault()?.Split('-') is [{ } trace, { } span]
                ? new PropagationContext(new ActivityContext(ActivityTraceId.CreateFromString(trace), ActivitySpanId.CreateFromString(span), ActivityTraceFlags.Recorded, isRemote: true), default)
                : context;

        public override void Inject<T>(PropagationContext context, T carrier, Action<T, string, string> setter)
        {
        }
    }
}
