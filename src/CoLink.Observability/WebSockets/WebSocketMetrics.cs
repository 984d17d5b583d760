using System.Runtime.CompilerServices;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Http;
using CoLink.Observability.Registry;

namespace CoLink.Observability.WebSockets;

/// <summary>The WebSocket family: what is said about a socket, by its endpoint.</summary>
internal sealed class WebSocketMetrics(MetricRegistry registry)
{
    private readonly GaugeFamily _active = registry.Gauge(WebSocketCatalogue.Active);
    private readonly CounterFamily _sent = registry.Counter(WebSocketCatalogue.MessagesSent);
    private readonly CounterFamily _received = registry.Counter(WebSocketCatalogue.MessagesReceived);
    private readonly CounterFamily _disconnections = registry.Counter(WebSocketCatalogue.Disconnections);
    private readonly HistogramFamily _duration = registry.Histogram(WebSocketCatalogue.Duration);
    private readonly ConditionalWeakTable<HttpRoute, WebSocketSeries> _known = [];

    /// <summary>The series of an endpoint. They exist from its first socket on, the reasons at 0: the first bad end must be an increase.</summary>
    public WebSocketSeries Of(HttpRoute route) => _known.GetValue(route, Create);

    private WebSocketSeries Create(HttpRoute route) => new(
        _active.With(route.Template),
        _sent.With(route.Template),
        _received.With(route.Template),
        [.. WebSocketCatalogue.Reasons.Select(reason => _disconnections.With(route.Template, reason))],
        _duration.With(route.Template));
}

/// <summary>The series of one endpoint.</summary>
internal sealed class WebSocketSeries(GaugeSeries active, CounterSeries sent, CounterSeries received, CounterSeries[] disconnections, HistogramSeries duration)
{
    public void Opened() => active.Inc();

    public void Sent(int messages) => Count(sent, messages);

    public void Received(int messages) => Count(received, messages);

    public void Closed(DisconnectReason reason, double seconds)
    {
        active.Dec();
        disconnections[(int)reason].Inc();
        duration.Observe(seconds);
    }

    /// <summary>One is by far the most frequent number, and the cheaper way.</summary>
    private static void Count(CounterSeries series, int messages)
    {
        if (messages == 1)
            series.Inc();
        else if (messages > 0)
            series.Inc(messages);
    }
}
