using System.Net;
using System.Net.Sockets;

namespace CoLink.Observability.Integration.Support;

/// <summary>For servers that cannot be told to choose a port themselves.</summary>
internal static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
