using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging;

/// <summary>
/// The app's Serilog and ours beside it. Serilog's factory takes the place of Microsoft's and hands nothing on to providers; each of
/// the two is here asked for every logger and hears each event once, by filters of its own.
/// </summary>
/// <param name="theirs">The app's factory.</param>
/// <param name="ours">A factory that has our provider alone.</param>
/// <param name="ownsTheirs">False where the app made theirs itself, and ends it.</param>
internal sealed class CompositeLoggerFactory(ILoggerFactory theirs, ILoggerFactory ours, bool ownsTheirs) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Pair(theirs.CreateLogger(categoryName), ours.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => theirs.AddProvider(provider);

    public void Dispose()
    {
        ours.Dispose();
        if (ownsTheirs)
            theirs.Dispose();
    }

    private sealed class Pair(ILogger theirs, ILogger ours) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => theirs.IsEnabled(logLevel) || ours.IsEnabled(logLevel);

        /// <summary>Ours first: it does not throw, and theirs may.</summary>
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            ours.Log(logLevel, eventId, state, exception, formatter);
            theirs.Log(logLevel, eventId, state, exception, formatter);
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => new Scopes(theirs.BeginScope(state), ours.BeginScope(state));
    }

    private sealed class Scopes(IDisposable? theirs, IDisposable? ours) : IDisposable
    {
        public void Dispose()
        {
            ours?.Dispose();
            theirs?.Dispose();
        }
    }
}
