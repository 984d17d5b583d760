using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using StackExchange.Redis.Profiling;

namespace CoLink.Observability.StackExchangeRedis.Spans;

/// <summary>
/// Has multiplexers ask for the sessions of <see cref="RedisSpans"/>. A multiplexer has one profiler. The app's own, where it has
/// one, goes on being asked, and first: a command that it takes has no span of ours. One that the app registers later takes our place.
/// </summary>
internal sealed class Profilers(RedisSpans spans, ILogger logger)
{
    private int _isTold;

    /// <returns>What puts back what was there before; null where nothing was changed.</returns>
    public IDisposable? Attach(IConnectionMultiplexer multiplexer)
    {
        if (multiplexer is not ConnectionMultiplexer own)
            return null;
        try
        {
            return new Attached(own, Registered(own), spans);
        }
        catch (MissingFieldException)
        {
            // Another version of the client. What cannot be seen might be the app's, and is not replaced.
            if (Interlocked.Exchange(ref _isTold, 1) == 0)
                Log.NoSpans(logger);
            return null;
        }
    }

    /// <summary>The client lets a profiler be registered and not be asked for.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_profilingSessionProvider")]
    private static extern ref Func<ProfilingSession>? Registered(ConnectionMultiplexer multiplexer);

    private sealed class Attached : IDisposable
    {
        private readonly ConnectionMultiplexer _multiplexer;
        private readonly Func<ProfilingSession>? _before;
        private readonly Func<ProfilingSession?> _ours;

        public Attached(ConnectionMultiplexer multiplexer, Func<ProfilingSession>? before, RedisSpans spans)
        {
            (_multiplexer, _before) = (multiplexer, before);
            _ours = before is null ? spans.Session : () => before() ?? spans.Session();
            multiplexer.RegisterProfiler(_ours!);
        }

        public void Dispose()
        {
            if (ReferenceEquals(Registered(_multiplexer), _ours))
                _multiplexer.RegisterProfiler(_before!);
        }
    }
}
