using System.Threading.Tasks.Sources;

namespace CoLink.Observability.Benchmarks.Sockets;

/// <summary>A connection whose client sends one masked text frame after the other, and takes whatever it is sent.</summary>
/// <param name="waits">Whether each read ends only when it is told to, as on a network.</param>
internal sealed class EndlessStream(bool waits) : Stream, IValueTaskSource<int>
{
    /// <summary>Five letters, with a mask of zeros.</summary>
    private static ReadOnlySpan<byte> Frame => [0x81, 0x85, 0, 0, 0, 0, (byte)'h', (byte)'e', (byte)'l', (byte)'l', (byte)'o'];

    private ManualResetValueTaskSourceCore<int> _core;
    private Memory<byte> _buffer;
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends the read that waits, with one frame.</summary>
    public void Arrive() => _core.SetResult(Fill(_buffer.Span, Frame.Length));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!waits)
            return new ValueTask<int>(Fill(buffer.Span, buffer.Length));
        _buffer = buffer;
        return new ValueTask<int>(this, _core.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

    public int GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int Fill(Span<byte> buffer, int most)
    {
        var filled = 0;
        while (filled < Math.Min(most, buffer.Length))
        {
            buffer[filled++] = Frame[_at++];
            _at = _at == Frame.Length ? 0 : _at;
        }

        return filled;
    }
}
