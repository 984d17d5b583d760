using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace CoLink.Observability.Logging;

/// <summary>One category: makes Serilog's event of what it is handed, on the thread that logs.</summary>
/// <remarks>
/// Serilog.Extensions.Logging has such a logger. A request line through it costs two to three times as much, and there a scope
/// replaces the event's own property of the same name.
/// </remarks>
internal sealed class EventLogger(string category, LogPipeline pipeline, LoggerExternalScopeProvider scopes) : ILogger
{
    private const int MostExpected = 64;

    private readonly ScalarValue _category = new(category);

    /// <summary>Most categories have one place that logs often.</summary>
    private CallSite? _last;

    /// <summary>How many properties the last event had: the next one's table then need not grow.</summary>
    private int _expected = 8;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && pipeline.IsOn;

    public IDisposable BeginScope<TState>(TState state)
        where TState : notnull => scopes.Push(state);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            pipeline.Write(Make((LogEventLevel)(int)logLevel, eventId, state, exception, formatter));
    }

    private LogEvent Make<TState>(LogEventLevel level, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var own = (object?)state;
        var properties = new Dictionary<string, LogEventPropertyValue>(_expected);
        CallSite? site = null;
        try
        {
            var target = new EventProperties(properties, own, pipeline.Values);
            if (EventProperties.FormatOf(own) is { } format)
                site = Find(format, eventId);
            target.AddOwn();
            site ??= target.HasOwn ? Find(target.AddMessage(Text(state, formatter)), eventId) : CallSite.Of(Text(state, formatter), eventId);
            properties.TryAdd("SourceContext", _category);
            if (site.EventId is { } id)
                properties.TryAdd("EventId", id);
            scopes.ForEachScope(static (scope, target) => target.AddScope(scope), target);
        }
        catch (Exception failure)
        {
            // The app's objects speak here, and one may throw. What is known by then is still told.
            properties.TryAdd("SourceContext", _category);
            pipeline.Failed(failure);
        }

        _expected = Math.Min(properties.Count, MostExpected);
        var activity = Activity.Current;
        return LogEvent.UnstableAssembleFromParts(
            pipeline.Time.GetUtcNow(), level, exception, (site ?? CallSite.Of("", eventId)).Template, properties, activity?.TraceId ?? default, activity?.SpanId ?? default);
    }

    private CallSite Find(string format, EventId eventId) =>
        _last is { } last && last.Is(format, eventId) ? last : _last = pipeline.CallSites.Find(format, eventId);

    /// <summary>Without the exception, which has its own place in the line, where what is secret is taken out of its text.</summary>
    private static string Text<TState>(TState state, Func<TState, Exception?, string> formatter) => formatter(state, null) ?? "";
}
