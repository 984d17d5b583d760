using System.Buffers;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Console;
using CoLink.Observability.Logging.Lines;
using CoLink.Observability.Tests.Logging.Lines;
using CoLink.Observability.Tests.Support;
using Serilog.Events;

namespace CoLink.Observability.Tests.Logging.Console;

public sealed class ConsoleSinkTests
{
    private static readonly string Padding = new('x', 500);

    /// <summary>What a bounded wait of two seconds may take on a machine that has other things to do.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    /// <summary>For a test that is not about those two seconds.</summary>
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_event_is_a_line_in_its_order()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        var read = ReadToEndAsync(pipe);
        var sink = new ConsoleSink(pipe, new JsonLines(Written.Redactor()).Write, patience: Patient);

        for (var i = 0; i < 5000; i++)
            sink.Emit(Event(i));
        sink.Dispose();
        pipe.Dispose();

        var lines = await read;
        Assert.Equal(5000, lines.Count);
        Assert.All(lines.Index(), line => Assert.EndsWith($"\"N\":{line.Index}}}", line.Item, StringComparison.Ordinal));
        Assert.Equal((5000, 0), (sink.Written, sink.Dropped));
    }

    [Fact]
    public async Task A_line_goes_out_at_once_where_nothing_waits_behind_it()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        using var sink = new ConsoleSink(pipe, WriteNumber);
        using var reader = new StreamReader(client);

        for (var i = 0; i < 20; i++)
        {
            sink.Emit(Event(i));
            Assert.Equal($"{i}", await reader.ReadLineAsync(Cancellation));
        }
    }

    [Fact]
    public async Task A_pipe_that_nobody_reads_stops_nobody()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        var sink = new ConsoleSink(pipe, WritePadded);
        var started = Stopwatch.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                sink.Emit(Event(i));
        })));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Bound);
        Assert.InRange(sink.Dropped, 40_000 - ConsoleSink.QueueLimit - 500, 40_000 - ConsoleSink.QueueLimit);

        started = Stopwatch.GetTimestamp();
        sink.Dispose();
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(1.9), Bound);
        Assert.Equal(40_000, sink.Written + sink.Dropped);
        sink.Emit(Event(0));
        Assert.Equal(40_001, sink.Written + sink.Dropped);
    }

    [Fact]
    public async Task What_waited_is_written_when_somebody_reads_again()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        var sink = new ConsoleSink(pipe, WritePadded, patience: Patient);
        for (var i = 0; i < 20_000; i++)
            sink.Emit(Event(i));
        Assert.InRange(sink.Dropped, 1, 20_000);

        var read = ReadToEndAsync(pipe);
        await Eventually.IsTrue(() => sink.Written + sink.Dropped == 20_000);
        sink.Emit(Event(-1));
        sink.Dispose();
        pipe.Dispose();

        var lines = await read;
        Assert.Equal(sink.Written, lines.Count);
        Assert.Equal(20_001, sink.Written + sink.Dropped);
        Assert.StartsWith("-1 ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_pipe_is_counted_and_thrown_at_nobody()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle).Dispose();
        pipe.DisposeLocalCopyOfClientHandle();
        var sink = new ConsoleSink(pipe, WriteNumber);

        for (var i = 0; i < 100; i++)
            sink.Emit(Event(i));
        await Eventually.IsTrue(() => sink.Dropped == 100);
        sink.Emit(Event(0, LogEventLevel.Fatal));

        Assert.Equal((0, 101), (sink.Written, sink.Dropped));
        sink.Dispose();
        Assert.Equal((0, 101), (sink.Written, sink.Dropped));
    }

    [Fact]
    public async Task A_fatal_event_waits_until_it_is_written()
    {
        using var stream = new GatedStream();
        using var sink = new ConsoleSink(stream, WriteNumber, patience: Patient);
        var returned = Task.Run(() => sink.Emit(Event(7, LogEventLevel.Fatal)), Cancellation);
        await Eventually.IsTrue(() => stream.Waits);
        Assert.False(returned.IsCompleted);

        stream.Open();
        await returned.WaitAsync(Patient, Cancellation);

        Assert.Equal("7\n", stream.Text);
        Assert.Equal(1, sink.Written);
    }

    [Fact]
    public async Task A_fatal_event_waits_two_seconds_at_most_and_the_next_ones_not_at_all()
    {
        using var stream = new GatedStream();
        using var sink = new ConsoleSink(stream, WriteNumber);
        var started = Stopwatch.GetTimestamp();

        sink.Emit(Event(1, LogEventLevel.Fatal));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(1.9), Bound);
        started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 100; i++)
            sink.Emit(Event(2, LogEventLevel.Fatal));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Bound);

        stream.Open();
        await Eventually.IsTrue(() => sink.Written == 101);
        sink.Emit(Event(3, LogEventLevel.Fatal));
        Assert.Equal(102, sink.Written);
    }

    [Fact]
    public async Task A_fatal_event_waits_for_its_place_in_a_full_queue()
    {
        using var stream = new GatedStream();
        using var sink = new ConsoleSink(stream, WriteNumber, queueLimit: 10, patience: Patient);
        sink.Emit(Event(0));
        await Eventually.IsTrue(() => stream.Waits);
        for (var i = 1; i < 50; i++)
            sink.Emit(Event(i));
        Assert.Equal(39, sink.Dropped);

        var returned = Task.Run(() => sink.Emit(Event(99, LogEventLevel.Fatal)), Cancellation);
        Assert.NotSame(returned, await Task.WhenAny(returned, Task.Delay(200, Cancellation)));
        stream.Open();
        await returned.WaitAsync(Patient, Cancellation);

        Assert.EndsWith("\n99\n", stream.Text, StringComparison.Ordinal);
        Assert.Equal((12, 39), (sink.Written, sink.Dropped));
    }

    [Fact]
    public async Task A_fatal_event_that_finds_no_place_is_dropped_once()
    {
        using var stream = new GatedStream();
        using var sink = new ConsoleSink(stream, WriteNumber, queueLimit: 1);
        sink.Emit(Event(0));
        await Eventually.IsTrue(() => stream.Waits);
        sink.Emit(Event(1));

        sink.Emit(Event(2, LogEventLevel.Fatal));
        sink.Emit(Event(3, LogEventLevel.Fatal));

        Assert.Equal(2, sink.Dropped);
        stream.Open();
        await Eventually.IsTrue(() => sink.Written == 2);
    }

    [Fact]
    public void A_line_that_cannot_be_made_costs_no_other()
    {
        var stream = new GatedStream();
        stream.Open();
        var sink = new ConsoleSink(stream, (logEvent, output) =>
        {
            WriteNumber(logEvent, output);
            if (Number(logEvent) % 2 == 1)
                throw new InvalidOperationException("no line");
        }, patience: Patient);

        for (var i = 0; i < 10; i++)
            sink.Emit(Event(i));
        sink.Dispose();

        Assert.Equal((5, 5), (sink.Written, sink.Dropped));
        Assert.Equal("0 1 2 3 4 5 6 7 8 9 ", stream.Text.Replace('\n', ' '));
    }

    [Fact]
    public async Task A_burst_takes_few_writes()
    {
        using var stream = new GatedStream();
        using var sink = new ConsoleSink(stream, WriteNumber);
        sink.Emit(Event(0));
        await Eventually.IsTrue(() => stream.Waits);
        for (var i = 1; i <= 5000; i++)
            sink.Emit(Event(i));

        stream.Open();
        await Eventually.IsTrue(() => sink.Written == 5001);

        Assert.InRange(stream.Writes, 2, 10);
        Assert.Equal(Enumerable.Range(0, 5001).Select(i => $"{i}"), stream.Text.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Whenever_it_ends_every_event_is_counted_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var stream = new GatedStream();
            stream.Open();
            var sink = new ConsoleSink(stream, WriteNumber, queueLimit: 100);
            var emitters = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < 2000; i++)
                    sink.Emit(Event(i, i % 500 == 7 ? LogEventLevel.Fatal : LogEventLevel.Information));
            })).ToArray();
            await Eventually.IsTrue(() => sink.Written > round * 300 || emitters.All(one => one.IsCompleted));
            sink.Dispose();
            sink.Dispose();
            await Task.WhenAll(emitters);

            Assert.Equal(8000, sink.Written + sink.Dropped);
            Assert.Equal(sink.Written, stream.Text.Count(character => character == '\n'));
        }
    }

    private static LogEvent Event(int number, LogEventLevel level = LogEventLevel.Information) => Written.Event(level, null, "x", ("N", number));

    private static int Number(LogEvent logEvent) => (int)((ScalarValue)logEvent.Properties["N"]).Value!;

    private static void WriteNumber(LogEvent logEvent, IBufferWriter<byte> output) => output.Write(Encoding.UTF8.GetBytes($"{Number(logEvent)}"));

    private static void WritePadded(LogEvent logEvent, IBufferWriter<byte> output) => output.Write(Encoding.UTF8.GetBytes($"{Number(logEvent)} {Padding}"));

    private static Task<List<string>> ReadToEndAsync(AnonymousPipeServerStream pipe)
    {
        var client = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        return Task.Run(async () =>
        {
            using var reader = new StreamReader(client);
            var lines = new List<string>();
            while (await reader.ReadLineAsync(Cancellation) is { } line)
                lines.Add(line);
            return lines;
        });
    }

    /// <summary>Takes nothing until it is opened.</summary>
    private sealed class GatedStream : Stream
    {
        private readonly ManualResetEventSlim _gate = new();
        private readonly MemoryStream _taken = new();

        public bool Waits { get; private set; }

        public int Writes { get; private set; }

        public string Text
        {
            get
            {
                lock (_taken)
                    return Encoding.UTF8.GetString(_taken.ToArray());
            }
        }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Open() => _gate.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Waits = true;
            Assert.True(_gate.Wait(TimeSpan.FromMinutes(1)));
            lock (_taken)
                _taken.Write(buffer);
            Writes++;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _gate.Set();
            base.Dispose(disposing);
        }
    }
}
