using System.Numerics;
using System.Runtime.InteropServices;

namespace CoLink.Observability.Http;

/// <summary>
/// One spare exchange a processor. A request that ends where it began finds the one it left; a burst allocates, and the surplus is
/// collected. Taking is an atomic exchange, so an exchange is never in two requests.
/// </summary>
internal sealed class HttpExchangePool
{
    private readonly Slot[] _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount)];

    public HttpExchange Rent() => Interlocked.Exchange(ref Here(), null) ?? new HttpExchange();

    public void Return(HttpExchange exchange)
    {
        exchange.Clear();
        Volatile.Write(ref Here(), exchange);
    }

    private ref HttpExchange? Here() => ref _slots[Thread.GetCurrentProcessorId() & (_slots.Length - 1)].Exchange;

    /// <summary>A cache line each, lest two processors fight for one.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Slot
    {
        [FieldOffset(64)]
        public HttpExchange? Exchange;
    }
}
