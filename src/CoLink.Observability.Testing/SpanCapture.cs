using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using OpenTelemetry;

namespace CoLink.Observability.Testing;

/// <summary>Hands on the spans that belong to the host. A process' spans are heard by every provider in it.</summary>
internal sealed class SpanCapture(CapturedSpans spans) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Recorded && HostMark.MayBeOf(data, spans))
            spans.Add(data);
    }
}

/// <summary>Writes into the span of each request whose it is.</summary>
internal sealed class HostMark(CapturedSpans spans) : IStartupFilter
{
    private const string Key = "CoLink.Observability.Testing.Host";

    /// <summary>The source of the spans of requests. One without a mark is of a host that captures nothing.</summary>
    private const string Requests = "Microsoft.AspNetCore";

    public static bool MayBeOf(Activity span, CapturedSpans spans)
    {
        for (var ancestor = span; ancestor is not null; ancestor = ancestor.Parent)
        {
            if (ancestor.GetCustomProperty(Key) is { } owner)
                return owner == spans;
            if (ancestor.Source.Name == Requests)
                return false;
        }

        return true;
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            Activity.Current?.SetCustomProperty(Key, spans);
            return following(context);
        });
        next(app);
    };
}
