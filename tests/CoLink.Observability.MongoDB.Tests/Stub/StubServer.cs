using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using CoLink.Observability.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CoLink.Observability.MongoDB.Tests.Stub;

/// <summary>A MongoDB server on loopback as far as a driver needs one: it answers commands, and can hold them back, fail them and go away.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = new();
    private readonly ConcurrentDictionary<string, string> _failing = new();
    private CancellationTokenSource _stop = new();
    private TcpListener _listener = null!;
    private Task _accepting = Task.CompletedTask;
    private int _connectionId;

    public StubServer() => Start();

    /// <summary>Its own, also while it is stopped.</summary>
    public int Port { get; } = FreePort.Next();

    public ConcurrentQueue<string> Commands { get; } = new();

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Patient: the first connection of a process may take seconds on a busy machine.</summary>
    public MongoClientSettings Settings(int maxPool = 100) => new()
    {
        Server = new MongoServerAddress("127.0.0.1", Port),
        ServerSelectionTimeout = TimeSpan.FromSeconds(30),
        ConnectTimeout = TimeSpan.FromSeconds(30),
        HeartbeatInterval = TimeSpan.FromMilliseconds(600),
        MaxConnectionPoolSize = maxPool,
    };

    public int CountOf(string command) => Commands.Count(one => one == command);

    /// <summary>The next commands of this name are answered when the result is set.</summary>
    public TaskCompletionSource Hold(string command) => _held[command] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Fail(string command) => _failing[command] = command;

    public void Heal(string command) => _failing.TryRemove(command, out _);

    /// <summary>Also again, on the same port, after it was stopped.</summary>
    public void Start()
    {
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync(_listener, _stop.Token);
    }

    public async Task StopAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _connections.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var held in _held.Values)
            held.TrySetResult();
        await StopAsync();
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptTcpClientAsync(stop);
                _connections.TryAdd(ServeAsync(socket, Interlocked.Increment(ref _connectionId), stop), true);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private async Task ServeAsync(TcpClient socket, int connection, CancellationToken stop)
    {
        using (socket)
        {
            try
            {
                socket.NoDelay = true;
                var stream = socket.GetStream();
                while (await WireMessage.ReadAsync(stream, stop) is { } message)
                    await message.ReplyAsync(stream, await AnswerAsync(message.Command, connection, stop), stop);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The client or the server went away.
            }
        }
    }

    private async Task<BsonDocument> AnswerAsync(BsonDocument command, int connection, CancellationToken stop)
    {
        var name = command.GetElement(0).Name;
        Commands.Enqueue(name);
        if (_held.TryGetValue(name, out var held))
            await held.Task.WaitAsync(stop);
        if (_failing.ContainsKey(name))
            return new BsonDocument { { "ok", 0 }, { "errmsg", "refused by the stub" }, { "code", 13 }, { "codeName", "Unauthorized" } };
        return Answers.To(name, command, connection);
    }
}
