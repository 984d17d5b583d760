using System.IO.Compression;

namespace CoLink.Observability.Exposition;

/// <summary>The body of one exposition, compressed or not.</summary>
internal sealed class ScrapeBody : IAsyncDisposable
{
    private readonly CountingStream _wire;
    private readonly CountingStream _plain;
    private readonly GZipStream? _gzip;
    private bool _isWhole;

    public ScrapeBody(Stream response, bool gzip)
    {
        _wire = new CountingStream(response);
        _gzip = gzip ? new GZipStream(_wire, CompressionLevel.Fastest, leaveOpen: true) : null;
        _plain = _gzip is null ? _wire : new CountingStream(_gzip);
    }

    public Stream Output => _plain;

    /// <summary>Bytes before compression.</summary>
    public long Length => _plain.Count;

    /// <summary>Everything was written: the compressor may write its end.</summary>
    public ValueTask CompleteAsync()
    {
        _isWhole = true;
        return _gzip?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>
    /// A compressor holds a quarter of a megabyte of native memory that no collector sees, so it is let go at once; but the end
    /// it writes when it is must not make half an exposition look whole.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        if (!_isWhole)
            _wire.Cut();
        return _gzip?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
