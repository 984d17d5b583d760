using System.Net;
using System.Reflection;
using StackExchange.Redis;

namespace CoLink.Observability.StackExchangeRedis.Tests.Support;

/// <summary>A multiplexer with one server, whose every answer to PING the test gives.</summary>
public class StubMultiplexer : DispatchProxy
{
    private readonly StubServer _server;
    private int _ticks;

    public StubMultiplexer() => _server = (StubServer)Create<IServer, StubServer>();

    /// <summary>How often it was looked at.</summary>
    public int Ticks => Volatile.Read(ref _ticks);

    public int Pings => _server.Pings;

    public static StubMultiplexer New() => (StubMultiplexer)Create<IConnectionMultiplexer, StubMultiplexer>();

    /// <summary>What waits for the answer already goes on before this returns.</summary>
    public void Answer(Exception? failure)
    {
        if (failure is null)
            _server.Ping!.SetResult(TimeSpan.Zero);
        else
            _server.Ping!.SetException(failure);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            case nameof(IConnectionMultiplexer.GetEndPoints):
                Interlocked.Increment(ref _ticks);
                return new EndPoint[] { new DnsEndPoint("stub", 6379) };
            case nameof(IConnectionMultiplexer.GetServer):
                return _server;
            default:
                return null;
        }
    }

    public class StubServer : DispatchProxy
    {
        private int _pings;

        public int Pings => Volatile.Read(ref _pings);

        public TaskCompletionSource<TimeSpan>? Ping { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case nameof(IServer.PingAsync):
                    Ping = new TaskCompletionSource<TimeSpan>();
                    var answer = Ping.Task;
                    Interlocked.Increment(ref _pings);
                    return answer;
                case nameof(IServer.InfoRawAsync):
                    return Task.FromResult<string?>("# Memory\r\nused_memory:4711\r\n");
                default:
                    return null;
            }
        }
    }
}
