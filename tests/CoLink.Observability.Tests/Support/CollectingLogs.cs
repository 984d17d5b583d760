using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Tests.Support;

/// <summary>Keeps every log line of a host.</summary>
internal sealed class CollectingLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyCollection<LogLine> Lines => _lines;

    public IEnumerable<LogLine> Of(int eventId) => _lines.Where(line => line.Id == eventId);

    /// <summary>The one line of an event that is written on a thread of its own, after what it tells of can be seen elsewhere.</summary>
    public async Task<LogLine> SingleAsync(int eventId)
    {
        await Eventually.IsTrue(() => Of(eventId).Any(), () => string.Join('\n', _lines.Select(line => $"{line.Id} {line.Message}")), $"a line of event {eventId} is logged");
        return Assert.Single(Of(eventId));
    }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    internal sealed record LogLine(string Category, LogLevel Level, int Id, string Message, Exception? Exception);

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Kestrel warns of a machine that is busy, of which no test is.
            if (eventId.Name != "HeartbeatSlow")
                lines.Enqueue(new LogLine(category, logLevel, eventId.Id, formatter(state, exception), exception));
        }
    }
}
