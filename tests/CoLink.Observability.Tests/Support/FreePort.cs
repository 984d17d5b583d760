using System.Net;
using System.Net.Sockets;

namespace CoLink.Observability.Tests.Support;

/// <summary>A port for what cannot be told to choose one itself. Another process may take it in between; that is rare and said loudly.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
