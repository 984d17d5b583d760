using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki.Spool;

public sealed class SpoolCapTests : IDisposable
{
    /// <summary>Segments of 4 KiB: three payloads of 1,200 bytes each.</summary>
    private const long MaxBytes = 64 * 1024;

    private readonly SpoolPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Beyond_the_cap_the_oldest_segment_is_dropped_and_counted_and_said_once()
    {
        _place.Open(MaxBytes);
        for (var i = 0; i < 300; i++)
        {
            Assert.True(Append(i));
            Assert.InRange(_place.Spool.Bytes, 1, MaxBytes);
            Assert.Equal(_place.Segments.Sum(file => new FileInfo(file).Length), _place.Spool.Bytes);
        }

        var balance = _place.Balance();
        Assert.Equal(176, Assert.Single(_place.Logs.Lines).Id);
        Assert.InRange(balance.Spooled, 45 * 2, 51 * 2);
        Assert.Equal(600 - balance.Spooled, balance.Of(LogFate.DroppedSpool));
        var kept = (int)balance.Spooled / 2;
        Assert.Equal(Enumerable.Range(300 - kept, kept), _place.Drain().Select(NumberOf));
    }

    [Fact]
    public void A_second_outage_that_fills_the_spool_is_said_again()
    {
        _place.Open(MaxBytes);
        for (var outage = 0; outage < 2; outage++)
        {
            for (var i = 0; i < 100; i++)
                Append(i);
            _place.Drain();
        }

        Assert.Equal([176, 176], _place.Logs.Lines.Select(line => line.Id));
    }

    [Fact]
    public void A_payload_in_hands_outlives_its_segment()
    {
        _place.Open(MaxBytes);
        Append(0);
        Append(1);
        Append(2);
        var (first, second) = (_place.Take(), _place.Take());
        for (var i = 3; i < 100; i++)
            Append(i);

        var before = _place.Balance();
        Assert.Equal(4, before.InFlight);
        Assert.Equal(0, NumberOf(first.Body.ToArray()));
        _place.Deliver(first);
        Assert.Equal(2, _place.Balance().Of(LogFate.Delivered));
        _place.Spool.GiveBack(second);

        // There is no place for it to go back to.
        Assert.Equal(before.Of(LogFate.DroppedSpool) + 2, _place.Balance().Of(LogFate.DroppedSpool));
        Assert.Equal(before.Spooled, _place.Balance().Spooled);
        Assert.Equal(0, _place.Balance().InFlight);
        Assert.DoesNotContain(1, _place.Drain().Select(NumberOf));
    }

    [Fact]
    public void A_payload_larger_than_a_segment_has_one_of_its_own()
    {
        _place.Open(MaxBytes);
        Append(0);
        Assert.True(_place.Append(new byte[30_000]));
        Append(1);

        Assert.Equal(3, _place.Segments.Length);
        Assert.Equal([1200, 30_000, 1200], _place.Drain().Select(body => body.Length));
    }

    [Fact]
    public void A_payload_larger_than_the_spool_is_refused_and_drops_nothing()
    {
        _place.Open(MaxBytes);
        Append(0);
        Assert.False(_place.Append(new byte[MaxBytes]));

        Assert.Equal((1, 2), (_place.Balance().InFlight, _place.Balance().Spooled));
        Assert.Equal(174, Assert.Single(_place.Logs.Lines).Id);
        Assert.True(Append(1));
        Assert.Equal([0, 1], _place.Drain().Select(NumberOf));
    }

    [Fact]
    public void A_payload_as_large_as_the_spool_takes_the_place_of_everything()
    {
        _place.Open(MaxBytes);
        Append(0);
        Append(1);
        Assert.True(_place.Append(new byte[MaxBytes - 56]));

        Assert.Equal(MaxBytes, _place.Spool.Bytes);
        Assert.Equal((1, 4), (_place.Balance().Spooled, _place.Balance().Of(LogFate.DroppedSpool)));
        Assert.Single(_place.Segments);
    }

    [Fact]
    public void A_cap_that_was_lowered_holds_from_the_start()
    {
        _place.Open(MaxBytes);
        for (var i = 0; i < 40; i++)
            Append(i);
        _place.Open(MaxBytes / 4);

        var balance = _place.Balance();
        Assert.InRange(_place.Spool.Bytes, 1, MaxBytes / 4);
        Assert.Equal((80, 80), (balance.Adopted, balance.Spooled + balance.Of(LogFate.DroppedSpool)));
        var kept = (int)balance.Spooled / 2;
        Assert.InRange(kept, 1, 13);
        Assert.Equal(Enumerable.Range(40 - kept, kept), _place.Drain().Select(NumberOf));
    }

    private bool Append(int number)
    {
        var body = new byte[1200];
        BitConverter.TryWriteBytes(body, number);
        return _place.Append(body, entries: 2, oldest: number);
    }

    private static int NumberOf(byte[] body) => BitConverter.ToInt32(body);
}
