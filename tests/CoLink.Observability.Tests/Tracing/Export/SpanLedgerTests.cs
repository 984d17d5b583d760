using CoLink.Observability.Tracing.Export;

namespace CoLink.Observability.Tests.Tracing.Export;

public sealed class SpanLedgerTests
{
    private const int Limit = 4;
    private const int Rounds = 1_000;

    [Fact]
    public void What_is_on_its_way_when_the_process_ends_meets_its_own_fate_and_the_rest_is_given_up()
    {
        var ledger = new SpanLedger(Limit, null);
        Assert.Equal([true, true, true, true, false], Enumerable.Range(0, Limit + 1).Select(_ => ledger.TryHold()));
        Assert.True(ledger.TryBegin(3));

        Assert.Equal(1, ledger.Close());
        Assert.Equal((3, true), (ledger.Held, ledger.IsClosed));
        ledger.Settle(2, 1);

        Assert.Equal(0, ledger.Held);
        Assert.False(ledger.TryHold());
        Assert.False(ledger.TryBegin(1));
        Assert.Equal(0, ledger.Close());
        Assert.Equal(0, ledger.Held);
    }

    /// <summary>The process ends while spans end and are exported one by one.</summary>
    [Fact]
    public void A_span_has_one_fate_whenever_the_process_ends()
    {
        var ledger = new SpanLedger(Limit, null);
        long held = 0, exported = 0, dropped = 0, wrong = 0;
        using var both = new Barrier(2);

        Parallel.Invoke(Export, End);

        Assert.Equal(0, wrong);

        void Export()
        {
            for (var i = 0; i < Rounds; i++)
            {
                both.SignalAndWait();
                while (ledger.TryHold())
                {
                    Volatile.Write(ref held, held + 1);
                    if (!ledger.TryBegin(1))
                        break;
                    ledger.Settle(1, 0);
                    exported++;
                }

                both.SignalAndWait();
            }
        }

        void End()
        {
            for (var i = 0; i < Rounds; i++)
            {
                both.SignalAndWait();
                SpinWait.SpinUntil(() => Volatile.Read(ref held) > i % 64);
                dropped = ledger.Close();
                both.SignalAndWait();
                wrong += exported + dropped == held && ledger.Held == 0 ? 0 : 1;
                (held, exported) = (0, 0);
                ledger = new SpanLedger(Limit, null);
            }
        }
    }
}
