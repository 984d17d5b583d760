using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Registry;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis;

/// <summary>
/// One server as one multiplexer reaches it. It is asked one question at a time: the client cannot take a question back, so one that
/// is late is waited for before the next.
/// </summary>
internal sealed class WatchedServer(IConnectionMultiplexer multiplexer, EndPoint endPoint, TimeSpan interval, TimeProvider time, ILogger logger)
{
    private const string NoAnswer = "no answer in time";

    private readonly Backoff _backoff = new(interval);
    private readonly MemoryQuestion _memory = new();
    private Task _late = Task.CompletedTask;
    private Task _followed = Task.CompletedTask;
    private int _isBusy;
    private bool _isToldDown;
    private bool _isToldRefused;

    public IConnectionMultiplexer Multiplexer => multiplexer;

    public EndPoint EndPoint => endPoint;

    public string Name { get; } = ServerName.Of(endPoint);

    /// <summary>Null before the first answer is in or missed, and when there is nothing to ask any more.</summary>
    public bool? IsReachable { get; private set; }

    public double? MemoryUsed { get; private set; }

    /// <summary>False where the endpoint has left the multiplexer, which a disposed one tells of each.</summary>
    public static bool Exists(IConnectionMultiplexer multiplexer, EndPoint endPoint)
    {
        try
        {
            return multiplexer.GetServer(endPoint) is not null;
        }
        catch (Exception exception) when (IsGone(exception))
        {
            return false;
        }
    }

    /// <summary>What is known of an exception without its message, which quotes endpoints as they were configured.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        RedisConnectionException connection => Cause(connection).FailureType.ToString(),
        TimeoutException => NoAnswer,
        _ => exception.GetType().Name,
    };

    /// <param name="now">Whether to leave the back-off out.</param>
    /// <returns>False where it is not due, or is being asked.</returns>
    public bool TryBegin(bool now)
    {
        if (Interlocked.CompareExchange(ref _isBusy, 1, 0) != 0)
            return false;
        if (now || _backoff.IsDue())
            return true;
        End();
        return false;
    }

    public void End() => Volatile.Write(ref _isBusy, 0);

    /// <summary>Asks whether it answers and for its memory, between <see cref="TryBegin"/> and <see cref="End"/>.</summary>
    public async Task AskAsync(TimeSpan timeout, CancellationToken stopping)
    {
        if (!_late.IsCompleted)
        {
            Unreachable();
            return;
        }

        try
        {
            var server = multiplexer.GetServer(endPoint);
            if (await InTimeAsync(AnswersAsync(server), timeout, stopping))
            {
                await ReachedAsync(server, timeout, stopping);
            }
            else
            {
                Unreachable();
                TellDown("no connection");
            }
        }
        catch (Exception exception) when (IsNoAnswer(exception) && !stopping.IsCancellationRequested)
        {
            Unreachable();

            // Why a question is late is known when the client gives it up.
            if (_late.IsCompleted)
                TellDown(Reason(exception));
        }
        catch (Exception exception)
        {
            (IsReachable, MemoryUsed) = (null, null);
            if (!IsGone(exception))
                throw;
        }
        finally
        {
            Follow();
        }
    }

    /// <summary>
    /// That there is no connection is no reason why: it is in what the client last knew, of the multiplexer first and of this server
    /// then. Of several failures to connect the client keeps the first, which for a wrong password need not be the refusal.
    /// </summary>
    private static RedisConnectionException Cause(RedisConnectionException exception) =>
        exception.FailureType == ConnectionFailureType.UnableToResolvePhysicalConnection && Within(exception).LastOrDefault() is { } cause ? Cause(cause) : exception;

    private static IEnumerable<RedisConnectionException> Within(RedisConnectionException exception) =>
        (exception.InnerException is AggregateException several ? several.InnerExceptions.AsEnumerable() : [exception.InnerException!]).OfType<RedisConnectionException>();

    private static bool IsGone(Exception exception) => exception is ArgumentException or ObjectDisposedException;

    private static bool IsNoAnswer(Exception exception) =>
        exception is RedisException or RedisCommandException or TimeoutException or OperationCanceledException or IOException or SocketException;

    private static async Task<bool> AnswersAsync(IServer server)
    {
        try
        {
            await server.PingAsync();
            return true;
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOPERM", StringComparison.Ordinal))
        {
            // It knows this user, and answered.
            return true;
        }
        catch (RedisCommandException)
        {
            // A command map without PING, as proxies have it: what remains is whether the client holds a connection.
            return server.IsConnected;
        }
    }

    private async Task ReachedAsync(IServer server, TimeSpan timeout, CancellationToken stopping)
    {
        // Who comes back may be another server, or have other permissions.
        if (IsReachable == false)
            _memory.Again();
        try
        {
            MemoryUsed = await InTimeAsync(_memory.AskAsync(server), timeout, stopping);
        }
        catch (Exception exception) when (IsNoAnswer(exception) && !stopping.IsCancellationRequested)
        {
            MemoryUsed = null;
        }

        IsReachable = true;
        _backoff.Succeeded();
        if (_isToldDown)
            Tell(() => Log.AnswersAgain(logger, Name));
        _isToldDown = false;
        if (_memory.IsRefused && !_isToldRefused)
            Tell(() => Log.MemoryRefused(logger, Name, _memory.Refusal));
        _isToldRefused |= _memory.IsRefused;
    }

    private async Task<T> InTimeAsync<T>(Task<T> question, TimeSpan timeout, CancellationToken stopping)
    {
        _late = question;
        return await question.WaitAsync(timeout, time, stopping);
    }

    private void Unreachable()
    {
        (IsReachable, MemoryUsed) = (false, null);
        _backoff.Failed();
    }

    private void Follow()
    {
        if (_late.IsCompleted || _late == _followed)
            return;
        _followed = _late;
        _ = FollowAsync(_late);
    }

    private async Task FollowAsync(Task late)
    {
        try
        {
            await late;
            _backoff.Succeeded();
        }
        catch (Exception exception)
        {
            if (IsReachable == false)
                TellDown(Reason(exception));
        }
    }

    private void TellDown(string reason)
    {
        if (!_isToldDown)
            Tell(() => Log.DoesNotAnswer(logger, Name, reason));
        _isToldDown = true;
    }

    private static void Tell(Action log) => SafeLog.Write(log);
}
