using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using CoLink.Observability.Catalogue;
using CoLink.Observability.Registry;
using StackExchange.Redis.Profiling;

namespace CoLink.Observability.StackExchangeRedis.Spans;

/// <summary>
/// The spans of commands that the app sends inside a sampled span. The client tells of a command when it is done, through the sessions
/// of its profiler, which have to be asked: so a span is made up to <see cref="Interval"/> later, with the times that the client took.
/// </summary>
/// <remarks>
/// Source of the names: OpenTelemetry's semantic conventions for Redis. The client tells no keys, and not whether a command failed.
/// A command outside of any span has none: the client asks its servers by itself as well, and those would be traces of their own.
/// </remarks>
internal sealed class RedisSpans : IDisposable
{
    public const string SourceName = "CoLink.Observability.StackExchangeRedis";

    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Commands beyond these at once have no span.</summary>
    private const int MaxPending = 50_000;

    /// <summary>No command is under way so long after its parent; one that was never told as done is forgotten.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private const int UsualPort = 6379;

    private const int MaxName = 32;

    private readonly ActivitySource _source = new(SourceName, typeof(RedisSpans).Assembly.GetName().Version?.ToString(3));
    private readonly ConcurrentQueue<ProfilingSession> _pending = new();
    private readonly MetricRegistry _registry;
    private readonly TimeProvider _time;
    private int _count;

    public RedisSpans(MetricRegistry registry, TimeProvider time) => (_registry, _time) = (registry, time);

    /// <summary>
    /// A session for the command that is being sent on this thread, or null where nobody wants its span. Each command has one of its
    /// own, which knows the parent; it runs where the app sends, and must not fail there.
    /// </summary>
    public ProfilingSession? Session()
    {
        if (!_source.HasListeners() || Activity.Current is not { Recorded: true } parent || Volatile.Read(ref _count) >= MaxPending)
            return null;
        var session = new ProfilingSession(parent);
        Interlocked.Increment(ref _count);
        _pending.Enqueue(session);
        return session;
    }

    /// <summary>Makes the spans of all commands that are done by now. For one caller at a time.</summary>
    public void Collect()
    {
        for (var left = Volatile.Read(ref _count); left > 0 && _pending.TryDequeue(out var session); left--)
        {
            if (IsDone(session))
                Interlocked.Decrement(ref _count);
            else
                _pending.Enqueue(session);
        }
    }

    public async Task CollectRegularlyAsync(CancellationToken stopping)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, _time);
            while (await timer.WaitForNextTickAsync(stopping))
                Collect();
        }
        catch (OperationCanceledException)
        {
            // The host stops: what is done by now is told, what is not will not be.
            Collect();
        }
    }

    public void Dispose() => _source.Dispose();

    private bool IsDone(ProfilingSession session)
    {
        try
        {
            var parent = (Activity)session.UserToken!;
            var isDone = parent.IsStopped && parent.StartTimeUtc + parent.Duration + Longest < _time.GetUtcNow().UtcDateTime;
            foreach (var command in session.FinishProfiling())
            {
                Make(parent, command);
                isDone = true;
            }

            return isDone;
        }
        catch (Exception exception)
        {
            _registry.Failed(Observers.Redis, exception);
            return true;
        }
    }

    private void Make(Activity parent, IProfiledCommand command)
    {
        var name = Shown(command.Command);
        using var span = _source.StartActivity(name, ActivityKind.Client, parent.Context, startTime: command.CommandCreated);
        if (span is null)
            return;
        if (span.IsAllDataRequested)
            Describe(span, name, command);
        span.SetEndTime(command.CommandCreated + command.ElapsedTime);
    }

    /// <summary>What an app executes by a text of its own may be anything, and is shown only where it looks like a command.</summary>
    private static string Shown(string? command) =>
        command is { Length: > 0 and <= MaxName } && command.All(static character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-') ? command : "EXECUTE";

    private static void Describe(Activity span, string name, IProfiledCommand command)
    {
        span.SetTag("db.system.name", "redis");
        span.SetTag("db.operation.name", name);
        if (command.Db >= 0)
            span.SetTag("db.namespace", command.Db.ToString(CultureInfo.InvariantCulture));
        var (host, port) = command.EndPoint switch
        {
            DnsEndPoint dns => (ServerName.Host(dns), dns.Port),
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            _ => (ServerName.Of(command.EndPoint), UsualPort),
        };
        span.SetTag("server.address", host);
        if (port != UsualPort)
            span.SetTag("server.port", port);
    }
}
