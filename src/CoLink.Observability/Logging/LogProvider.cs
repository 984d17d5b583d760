using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoLink.Observability.Logging;

/// <summary>The host's logger factory hands each event to this provider, by the filters of <c>Logging:LogLevel</c> and <c>Logging:CoLink:LogLevel</c>.</summary>
/// <remarks>
/// It keeps the scopes itself. The factory's own scopes begin with one for the current activity, made and remembered with each
/// activity, which says again what <c>trace_id</c> and <c>span_id</c> say: half a kilobyte a request.
/// </remarks>
[ProviderAlias("CoLink")]
internal sealed class LogProvider(LogPipeline pipeline) : ILoggerProvider
{
    private readonly LoggerExternalScopeProvider _scopes = new();

    /// <summary>Set where another of its kind hears the same events: whoever asks this one for a logger would make them arrive twice.</summary>
    public bool IsMuted { get; set; }

    public ILogger CreateLogger(string categoryName)
    {
        if (IsMuted)
            return NullLogger.Instance;
        pipeline.IsHeard = true;
        return new EventLogger(categoryName, pipeline, _scopes);
    }

    /// <summary>The pipeline ends when the container does, after whoever may log as it ends.</summary>
    public void Dispose()
    {
    }
}
