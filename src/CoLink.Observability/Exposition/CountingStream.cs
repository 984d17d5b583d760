using CoLink.Observability.Registry;

namespace CoLink.Observability.Exposition;

/// <summary>Passes writes on and counts their bytes, until it is cut; what comes later is dropped.</summary>
internal sealed class CountingStream(Stream inner) : AsyncWriteOnlyStream
{
    private bool _isCut;

    public long Count { get; private set; }

    public void Cut() => _isCut = true;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isCut)
            return ValueTask.CompletedTask;
        Count += buffer.Length;
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => _isCut ? Task.CompletedTask : inner.FlushAsync(cancellationToken);
}
