using System.Net.Sockets;

namespace CoLink.Observability.Tests.Support;

/// <summary>
/// For what cannot be told to choose a port itself, and for what comes back where it was. Below the range from which systems take
/// the ports of clients and of listeners at port 0 (32768 on Linux, 49152 elsewhere): from there anybody may have it before it is used,
/// and a client that connects to one where nobody listens may even be given that port and reach itself.
/// </summary>
internal static class FreePort
{
    private const int First = 12_000;
    private const int Count = 20_000;

    // Processes of tests run beside each other.
    private static int _last = Random.Shared.Next(Count);

    /// <summary>A port that nobody listens on, on any address, as of now; this process is not given it again.</summary>
    public static int Next()
    {
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            using var listener = TcpListener.Create(port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        throw new InvalidOperationException($"No port is free from {First} to {First + Count}.");
    }
}
