using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.LogCrash;

/// <summary>A service whose every thread of the pool is held, and that logs a line then.</summary>
internal static class Starving
{
    private const int Held = 1_000;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    /// <param name="address">Loki's.</param>
    /// <param name="idle">How long nothing was logged before.</param>
    public static void Run(Uri address, TimeSpan idle)
    {
        var shipper = Shipping.Shipper(address, new LokiOptions { BatchPeriod = TimeSpan.FromMilliseconds(200) });
        shipper.Start();
        shipper.Sink.Emit(Shipping.Event("before"));
        var before = Delivers(shipper, 1);
        Thread.Sleep(idle);

        for (var i = 0; i < Held; i++)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Thread.Sleep(Timeout.Infinite), null);
        var hasPoolAnswered = false;
        ThreadPool.UnsafeQueueUserWorkItem(_ => Volatile.Write(ref hasPoolAnswered, true), null);
        shipper.Sink.Emit(Shipping.Event("starved"));
        var starved = Delivers(shipper, 2);

        Console.WriteLine($"before {before}, starved {starved}, the pool {Volatile.Read(ref hasPoolAnswered)}");
        Environment.Exit(0);
    }

    private static bool Delivers(LogShipper shipper, long events) => SpinWait.SpinUntil(() => shipper.Ledger.Read().Of(LogFate.Delivered) == events, Bound);
}
