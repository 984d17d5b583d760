using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Tests.Logging.Loki;

/// <summary>What blocks, awaited: a test has no thread of its own for it.</summary>
internal static class Blocking
{
    public static Task<PushAnswer> PushAsync(this LokiClient client, ReadOnlyMemory<byte> body, CancellationToken cancellation) => Task.Run(() => client.Push(body, cancellation), CancellationToken.None);

    public static Task<bool> RunAsync(this Delivery delivery, CancellationToken cancellation) => Task.Run(() => delivery.Run(cancellation), CancellationToken.None);
}
