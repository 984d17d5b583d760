using System.Net;
using System.Net.Sockets;

namespace CoLink.Observability.Tests.Support;

/// <summary>For what cannot be told to choose a port itself.</summary>
internal static class FreePort
{
    /// <summary>A port that nobody listens on, on any address, as of now.</summary>
    public static int Next()
    {
        using var listener = TcpListener.Create(0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
