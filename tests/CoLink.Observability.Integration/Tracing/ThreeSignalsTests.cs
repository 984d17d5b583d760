using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CoLink.Observability.Integration.Sample;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Kafka.Tests;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Tracing.Stub;

namespace CoLink.Observability.Integration.Tracing;

/// <summary>What an operator does: from a bucket of a histogram to the trace at the collector, and from there to the lines at Loki, on one id.</summary>
public sealed partial class ThreeSignalsTests
{
    private const int Unseen = 50;

    [Fact]
    public async Task A_bucket_leads_to_its_trace_through_two_services_and_Kafka_and_the_trace_to_the_lines_of_both()
    {
        using var kafka = await MockCluster.StartAsync();
        await FeedTopic.ListenFromHereAsync(kafka, "first", "second");
        await using var collector = await StubCollector.StartAsync();
        await using var loki = await StubLoki.StartAsync();
        await using var second = await SampleProcess.StartAsync(Settings("second"));
        await using var first = await SampleProcess.StartAsync(new Dictionary<string, string>(Settings("first")) { ["Services__Search"] = $"{second.Address}", ["Services__Patience"] = "00:01:00" });

        // Traces of their own, which the walk must tell from its own.
        (await second.SendAsync("hello from afar")).EnsureSuccessStatusCode();
        (await first.RegisterAsync("ada@example.com")).EnsureSuccessStatusCode();

        // Requests that nobody keeps: they are in the buckets, and lead nowhere.
        var unseen = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None);
        for (var i = 0; i < Unseen; i++)
        {
            using var one = await SendAsync(first, unseen, "hi");
            using var other = await AskAsync(first, unseen, HttpMethod.Get, "/api/search?q=hi");
            Assert.True(one.IsSuccessStatusCode && other.IsSuccessStatusCode);
        }

        // What a user does is one trace, which begins in a client that is traced: a message, and a search that the other service answers too.
        var user = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        using var sent = await SendAsync(first, user, "hello");
        using var found = await AskAsync(first, user, HttpMethod.Get, "/api/search?q=hello");
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        Assert.Contains("hello from afar", await found.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // The bucket.
        var message = await ExemplarAsync(first, "/api/messages");
        var search = await ExemplarAsync(first, "/api/search");
        Assert.Equal(($"{user.TraceId}", $"{user.TraceId}"), (message.Trace, search.Trace));

        // The trace.
        var trace = await Wait.ForAsync(
            () => Task.FromResult(Of(collector, message.Trace) is var spans && spans.Count(span => span.Kind == ReceivedSpan.Consumer) == 2 && spans.Count(span => span.Kind == ReceivedSpan.Server) == 3 && spans.Any(span => span.Kind == ReceivedSpan.Producer) ? spans : null),
            () => $"the spans of {message.Trace}; there are {string.Join(", ", Of(collector, message.Trace).Select(span => $"{span.Resource["service.name"]}: {span.Name}"))}");
        AssertMessage(trace, user, message.Span);
        AssertSearch(trace, user, search.Span);

        // The lines.
        var told = new List<(string Service, JsonElement Line)>();
        foreach (var service in new[] { "first", "second" })
        {
            var requests = trace.Where(span => span.Kind == ReceivedSpan.Server && Service(span) == service).ToList();
            var lines = await Wait.ForAsync(
                () => Task.FromResult(Lines(loki, service, message.Trace) is var read && read.Count >= requests.Count ? read : null),
                () => $"the lines of {service} in {message.Trace}; there are\n{string.Join('\n', loki.Lines)}");
            Assert.Equal(
                requests.Select(request => (request.SpanId, request["http.route"])).OrderBy(request => request.SpanId),
                lines.Select(line => (line.GetProperty("span_id").GetString()!, (object?)line.GetProperty("Endpoint").GetString())).OrderBy(line => line.Item1));
            told.AddRange(lines.Select(line => (service, line)));
        }

        Assert.DoesNotContain(collector.Spans, span => span.TraceId == $"{unseen.TraceId}");
        WalkPicture.Update(message.Trace, search.Line, trace, told);

        Dictionary<string, string> Settings(string name) => new(collector.Settings().Select(setting => KeyValuePair.Create(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value!)))
        {
            ["CoLink__Observability__ServiceName"] = name,
            ["CoLink__Observability__Logging__Loki__Url"] = loki.Address.GetLeftPart(UriPartial.Authority),
            ["CoLink__Observability__Logging__Loki__BatchPeriod"] = "00:00:00.1",
            ["ConnectionStrings__Kafka"] = kafka.Address,
            ["Kafka__Group"] = name,
        };
    }

    /// <summary>The request, the message on its way, and its processing by every instance.</summary>
    private static void AssertMessage(List<ReceivedSpan> trace, ActivityContext user, string exemplar)
    {
        var request = Assert.Single(trace, span => span.SpanId == exemplar);
        Assert.Equal(("first", "POST /api/messages", $"{user.SpanId}"), (Service(request), request.Name, request.ParentId));
        var publish = Assert.Single(trace, span => span.Kind == ReceivedSpan.Producer);
        Assert.Equal(("first", "messages publish", request.SpanId), (Service(publish), publish.Name, publish.ParentId));
        var processed = trace.Where(span => span.Kind == ReceivedSpan.Consumer).OrderBy(Service).ToList();
        Assert.Equal(["first", "second"], processed.Select(Service));
        Assert.All(processed, span => Assert.Equal(("messages process", publish.SpanId), (span.Name, span.ParentId)));
        Assert.All(processed, span => Assert.Equal([(publish.TraceId, publish.SpanId)], span.Links));
    }

    /// <summary>From the request of the one through its operation and its call to the request of the other, and to the database of each.</summary>
    private static void AssertSearch(List<ReceivedSpan> trace, ActivityContext user, string exemplar)
    {
        var request = Assert.Single(trace, span => span.SpanId == exemplar);
        Assert.Equal(("first", "GET /api/search", $"{user.SpanId}"), (Service(request), request.Name, request.ParentId));
        var operation = Assert.Single(trace, span => span.ParentId == request.SpanId && span.Name == "search");
        var call = Assert.Single(trace, span => span.Kind == ReceivedSpan.Client && span.Source == "System.Net.Http");
        Assert.Equal(operation.SpanId, call.ParentId);
        var answer = Assert.Single(trace, span => span.ParentId == call.SpanId);
        Assert.Equal(("second", "GET /api/search"), (Service(answer), answer.Name));
        var its = Assert.Single(trace, span => span.ParentId == answer.SpanId);
        Assert.Equal(("second", "search", "messages"), (Service(its), its.Name, its["search.scope"]));
        Assert.Equal(("sqlite", "second"), (Assert.Single(trace, span => span.ParentId == its.SpanId) is var select ? select["db.system.name"] : null, Service(select)));
    }

    private static Task<HttpResponseMessage> SendAsync(SampleProcess service, ActivityContext user, string text) =>
        AskAsync(service, user, HttpMethod.Post, "/api/messages", JsonContent.Create(new { channel = "general", text, channelType = "channel", author = "Ada" }));

    private static Task<HttpResponseMessage> AskAsync(SampleProcess service, ActivityContext user, HttpMethod method, string path, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("traceparent", $"00-{user.TraceId}-{user.SpanId}-{(user.TraceFlags == ActivityTraceFlags.Recorded ? "01" : "00")}");
        return service.Client.SendAsync(request);
    }

    /// <summary>The ids at a bucket of an endpoint's durations, by OpenMetrics, which alone has them.</summary>
    private static Task<Exemplar> ExemplarAsync(SampleProcess service, string endpoint) => Wait.ForAsync(
        async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text"));
            using var response = await service.Client.SendAsync(request);
            return Bucket().Matches(await response.Content.ReadAsStringAsync())
                .Where(bucket => bucket.Groups["endpoint"].Value == endpoint)
                .Select(bucket => new Exemplar(bucket.Groups["trace"].Value, bucket.Groups["span"].Value, bucket.Value)).FirstOrDefault();
        },
        () => $"an exemplar of {endpoint}");

    private static List<ReceivedSpan> Of(StubCollector collector, string trace) => [.. collector.Spans.Where(span => span.TraceId == trace)];

    private static string Service(ReceivedSpan span) => (string)span.Resource["service.name"]!;

    /// <summary>What a filter of lines finds and what a filter of metadata finds, which must be the same.</summary>
    private static List<JsonElement> Lines(StubLoki loki, string service, string trace)
    {
        var entries = loki.Streams.Where(stream => stream.Key.Contains($"app=\"{service}\"", StringComparison.Ordinal)).SelectMany(stream => stream.Value).ToList();
        var lines = entries.Where(entry => entry.Line.Contains($"\"trace_id\":\"{trace}\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(lines, entries.Where(entry => entry.Metadata.GetValueOrDefault("trace_id") == trace));
        Assert.All(lines, entry => Assert.Contains($"\"span_id\":\"{entry.Metadata["span_id"]}\"", entry.Line, StringComparison.Ordinal));
        return [.. lines.Select(entry => JsonDocument.Parse(entry.Line).RootElement)];
    }

    [GeneratedRegex("""http_request_duration_seconds_bucket\{[^}]*endpoint="(?<endpoint>[^"]+)"[^}]*\} \S+ # \{trace_id="(?<trace>[0-9a-f]{32})",span_id="(?<span>[0-9a-f]{16})"\} \S+""")]
    private static partial Regex Bucket();

    private sealed record Exemplar(string Trace, string Span, string Line);
}
