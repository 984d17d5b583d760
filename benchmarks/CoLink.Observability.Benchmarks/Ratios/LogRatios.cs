using System.Globalization;
using System.Text;
using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Benchmarks.Ratios;

/// <summary>
/// What it costs to make the body of a push of 1,000 lines with five properties, and how large it is: gzipped JSON beside Loki's
/// protobuf in Snappy. An id that no other line has cannot be compressed, so there are rows with a trace a line and with ten lines a trace.
/// </summary>
internal static class LogRatios
{
    private const int Lines = 1000;
    private const double BudgetBytes = 75;

    private static ReadOnlySpan<byte> Labels => """{"app":"messaging-service","namespace":"colink","pod":"messaging-7d9f8b6c5d-x2x4z"}"""u8;

    private static ReadOnlySpan<byte> LabelsOfProtobuf => """{app="messaging-service", namespace="colink", pod="messaging-7d9f8b6c5d-x2x4z"}"""u8;

    public static IEnumerable<Row> Measure() => [Body("a trace a line", 1, false), Body("ten lines a trace", 10, false), Body("a trace a line, random values", 1, true), Body("ten lines a trace, random values", 10, true)];

    private static Row Body(string kind, int linesATrace, bool isRandom)
    {
        var entries = Entries(linesATrace, isRandom);
        var texts = entries.Select(entry => (Encoding.ASCII.GetString(entry.Trace), Encoding.ASCII.GetString(entry.Span))).ToArray();
        var labels = Labels.ToArray();
        using var body = new PushBody();
        var snappy = new SnappyPush();
        var (ours, peers) = (0, 0);
        var cost = LocalRounds.Measure(
            rounds: 101, warmUps: 60, Lines,
            () =>
            {
                using var batch = new PushBatch(labels);
                for (var i = 0; i < Lines; i++)
                    batch.Add(entries[i].Nanoseconds, entries[i].Line, texts[i].Item1, texts[i].Item2);
                ours = body.Encode(batch, labels, 0, Lines).Length;
            },
            () => peers = snappy.Encode(LabelsOfProtobuf, entries));
        var bytes = (double)ours / Lines;
        return new Row(
            $"push body, five properties, {kind}; protobuf in Snappy", Cell(cost[0], ours), Cell(cost[1], peers), "", bytes / ((double)peers / Lines), $"≤ {BudgetBytes} B on the wire", isRandom ? null : Math.Round(bytes) <= BudgetBytes);
    }

    private static string Cell(Measurement cost, int body) => string.Create(CultureInfo.InvariantCulture, $"{Row.Nanoseconds(cost.Nanoseconds)}, {(double)body / Lines:0.0} B on the wire");

    private static List<(long Nanoseconds, byte[] Line, byte[] Trace, byte[] Span)> Entries(int linesATrace, bool isRandom)
    {
        string[] channels = ["general", "random", "engineering", "design", "support", "sales", "incidents", "water-cooler"];
        string[] kinds = ["text", "file", "reaction", "edit"];
        var random = new Random(42);
        var time = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        var (trace, span) = ("", "");
        var entries = new List<(long, byte[], byte[], byte[])>();
        for (var i = 0; i < Lines; i++)
        {
            if (i % linesATrace == 0)
                (trace, span) = (random.GetHexString(32, lowercase: true), random.GetHexString(16, lowercase: true));
            time = time.AddTicks(isRandom ? random.Next(1_000, 20_000) : random.Next(9_000, 11_000));
            var (channel, kind) = (channels[random.Next(channels.Length)], kinds[random.Next(kinds.Length)]);
            var (size, user) = isRandom ? (random.Next(1, 4_000), random.Next(1, 20_000)) : (100 + i, i & 1023);
            var elapsed = isRandom ? Math.Round(random.NextDouble() * 30, 3) : (i % 100) + 0.5;
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"ts":"{{time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}}","level":"INFO","message":"Message of {{size}} bytes to {{channel}} by user {{user}} stored in {{elapsed}} ms ({{kind}})","logger":"CoLink.Messaging.Api.Messages.MessageStore","trace_id":"{{trace}}","span_id":"{{span}}","Size":{{size}},"Channel":"{{channel}}","UserId":{{user}},"Elapsed":{{elapsed}},"Kind":"{{kind}}"}""");
            entries.Add((LokiTime.Of(time), Encoding.UTF8.GetBytes(line), Encoding.ASCII.GetBytes(trace), Encoding.ASCII.GetBytes(span)));
        }

        return entries;
    }
}
