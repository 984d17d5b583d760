using System.Buffers;
using CoLink.Observability.Tests.Logging.Loki.Stub;
using CoLink.Observability.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>The memory that an outage takes. It is that of the process, so nothing else runs.</summary>
[Collection(nameof(ProcessWide))]
public sealed class OutageMemoryTests
{
    /// <summary>Lines of 20 kB: what waits in the queue is not made into lines, and what is dropped leaves nothing behind.</summary>
    [Fact]
    public async Task An_outage_takes_no_more_memory_than_the_queue()
    {
        var lines = 0;
        var line = Enumerable.Repeat((byte)'x', 20_000).ToArray();
        await using var shipping = await Shipping.StartAsync(o => o.QueueLimit = 1000, new FakeTimeProvider(Some.Time), lines: (_, output) =>
        {
            lines++;
            output.Write(line);
        });
        shipping.Loki.Fault = _ => StubFault.Answer(503);
        shipping.Emit(20);
        await Eventually.IsTrue(() => shipping.Loki.Pushes.Count > 0 || Advance(shipping));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < 200; i++)
            shipping.Emit(1000);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * 1024 * 1024);
        Assert.InRange(lines, 1, 300);
        Assert.InRange(shipping.Balance.Queued, 900, 1000);
        shipping.Loki.Fault = null;
        await shipping.AdvanceUntilAsync(() => shipping.Balance.Held == 0);
    }

    private static bool Advance(Shipping shipping)
    {
        shipping.Fake!.Advance(TimeSpan.FromMilliseconds(20));
        return false;
    }
}
