using System.Buffers;
using System.Text;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Tests.Logging.Loki.Stub;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What a batch borrows, and how large it says it is.</summary>
public sealed class PushBatchMemoryTests
{
    private static readonly byte[] Labels = """{"app":"messaging-service"}"""u8.ToArray();

    private readonly Lender _lender = new();

    [Fact]
    public void What_is_borrowed_is_given_back_once()
    {
        var batch = new PushBatch(Labels, _lender);
        for (var i = 0; i < 2_000; i++)
            batch.Add(i, new byte[500], null, null);
        Assert.Equal(1, _lender.Lent);

        batch.Dispose();
        batch.Dispose();

        Assert.Equal((0, 0), (_lender.Lent, batch.Count));
    }

    [Fact]
    public void A_batch_that_nothing_was_added_to_borrows_nothing()
    {
        new PushBatch(Labels, _lender).Dispose();

        Assert.Equal(0, _lender.Rents);
    }

    [Fact]
    public void Memory_grows_by_doubling()
    {
        using var batch = new PushBatch(Labels, _lender);

        for (var i = 0; i < 2_000; i++)
            batch.Add(i, "a line of half a hundred bytes, as most of them are"u8, null, null);

        Assert.InRange(_lender.Rents, 1, 8);
    }

    /// <summary>Loki's limit of a push is about them; what is counted too much is room that no push uses.</summary>
    [Theory]
    [InlineData(null, null, 32)]
    [InlineData("0af7651916cd43dd8448eb211c80319c", null, 64)]
    [InlineData("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 64)]
    public void The_bytes_of_an_entry_are_no_fewer_than_Loki_counts_and_little_more(string? trace, string? span, int more)
    {
        using var body = new PushBody();
        using var batch = new PushBatch(Labels, _lender);
        batch.Add(1, Encoding.UTF8.GetBytes(new string('x', 100)), trace, span);

        var entry = Assert.Single(Assert.Single(PushDecoder.Decode(PushBody.ContentType, PushBody.ContentEncoding, body.Encode(batch, Labels, 0, 1).ToArray())).Entries);

        Assert.InRange(batch.Bytes, entry.Bytes, entry.Bytes + more);
        Assert.Equal(batch.Bytes, PushBatch.BytesOf(100, hasIds: trace is not null));
    }

    /// <summary>Lends exactly what is asked for, and takes nothing but that.</summary>
    private sealed class Lender : ArrayPool<byte>
    {
        private readonly HashSet<byte[]> _lent = new(ReferenceEqualityComparer.Instance);

        public int Lent => _lent.Count;

        public int Rents { get; private set; }

        public override byte[] Rent(int minimumLength)
        {
            var buffer = new byte[minimumLength];
            _lent.Add(buffer);
            Rents++;
            return buffer;
        }

        public override void Return(byte[] array, bool clearArray = false) => Assert.True(_lent.Remove(array), "What comes back was lent, and has not come back before.");
    }
}
