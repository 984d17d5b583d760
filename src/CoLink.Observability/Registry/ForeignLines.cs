using System.Buffers;
using System.Text;

namespace CoLink.Observability.Registry;

/// <summary>
/// Passes an exposition on line by line: without its end mark, without families that take a name of ours, never half a line. It
/// holds a line and a declaration, however many series pass.
/// </summary>
internal sealed class ForeignLines(Stream output, bool openMetrics, Predicate<string> isTaken) : AsyncWriteOnlyStream
{
    private const byte LineFeed = (byte)'\n';

    private readonly ArrayBufferWriter<byte> _partial = new();
    private readonly ArrayBufferWriter<byte> _declaration = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _leftOut = [];
    private int _state;
    private bool _isLeftOut;
    private bool _mayHaveExemplars = true;

    /// <summary>The families that were left out, as a text exposition calls them.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>Completes with the first byte.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Whether it was the reader of the exposition that failed, not its writer.</summary>
    public bool OutputFailed { get; private set; }

    /// <summary>Refuses every later byte, unless the first has come: from then on the writer must be waited for.</summary>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _state, State.Abandoned, State.Waiting) == State.Waiting;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _state, State.Begun, State.Waiting) == State.Abandoned)
            throw new IOException("The exposition was ended without this part.");
        _begun.TrySetResult();

        if (_partial.WrittenCount > 0)
        {
            var end = buffer.Span.IndexOf(LineFeed) + 1;
            _partial.Write(buffer.Span[..(end == 0 ? buffer.Length : end)]);
            if (end == 0)
                return;
            await PassAsync(_partial.WrittenMemory, cancellationToken);
            _partial.ResetWrittenCount();
            buffer = buffer[end..];
        }

        var whole = buffer.Span.LastIndexOf(LineFeed) + 1;
        await PassAsync(buffer[..whole], cancellationToken);
        _partial.Write(buffer.Span[whole..]);
    }

    /// <summary>The scrape is flushed once, at its end.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lines that stay are written in runs as long as they come: most of an exposition is one.</summary>
    private async ValueTask PassAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellation)
    {
        var (run, place) = (0, 0);
        while (place < lines.Length)
        {
            var next = place + lines.Span[place..].IndexOf(LineFeed) + 1;
            var line = lines[place..next];
            if (line.Span.StartsWith("# HELP "u8))
            {
                // Kept until the type is known, which says what the samples will be called. What lies between is a help text with a
                // line break, which the client library writes as it is.
                await SendAsync(lines[run..place], cancellation);
                _declaration.ResetWrittenCount();
                _declaration.Write(line.Span);
                _isLeftOut = true;
                run = next;
            }
            else if (line.Span.StartsWith("# TYPE "u8))
            {
                await SendAsync(lines[run..place], cancellation);
                _isLeftOut = IsLeftOut(line.Span);
                if (!_isLeftOut)
                    await SendAsync(_declaration.WrittenMemory, cancellation);
                run = _isLeftOut ? next : place;
            }
            else if (_isLeftOut || line.Span[0] == (byte)'#')
            {
                await SendAsync(lines[run..place], cancellation);
                run = next;
            }
            else if (!_mayHaveExemplars && ExemplarAt(line.Span) is var exemplar and > 0)
            {
                await SendAsync(lines[run..(place + exemplar)], cancellation);
                run = next - 1;
            }

            place = next;
        }

        await SendAsync(lines[run..], cancellation);
    }

    private bool IsLeftOut(ReadOnlySpan<byte> typeLine)
    {
        var words = Encoding.UTF8.GetString(typeLine).TrimEnd('\n').Split(' ');
        var (name, type) = (words[2], words[^1]);

        // The client library writes them on a counter without _total too, whose type it then calls unknown: Prometheus refuses the scrape whole.
        _mayHaveExemplars = type is "counter" or "histogram";
        if (!SampleNames.Of(name, type).Any(sample => isTaken(sample)))
            return false;
        _leftOut.Add(openMetrics && type == "counter" ? name + "_total" : name);
        return true;
    }

    /// <summary>Where a sample's exemplar begins, or 0: behind its labels, whose values may hold anything.</summary>
    private static int ExemplarAt(ReadOnlySpan<byte> line)
    {
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == (byte)'\\' && isQuoted)
                i++;
            else if (line[i] == (byte)'"')
                isQuoted = !isQuoted;
            else if (!isQuoted && line[i..].StartsWith(" # {"u8))
                return i;
        }

        return 0;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (bytes.IsEmpty)
            return;
        try
        {
            await output.WriteAsync(bytes, cancellation);
        }
        catch
        {
            OutputFailed = true;
            throw;
        }
    }

    private static class State
    {
        public const int Waiting = 0;
        public const int Begun = 1;
        public const int Abandoned = 2;
    }
}
