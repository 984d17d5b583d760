using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CoLink.Observability.StackExchangeRedis;

/// <summary>An endpoint as the label <c>server</c> and log lines have it: host and port.</summary>
internal static class ServerName
{
    public static string Of(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => HostAndPort(dns),
        IPEndPoint ip => ip.ToString(),
        UnixDomainSocketEndPoint socket => $"unix:{socket}",
        _ => endPoint.AddressFamily.ToString(),
    };

    /// <summary>
    /// The client takes <c>redis://:password@host:6380</c> for a host of that name at the default port. It cannot be reached, but
    /// it has a name, and nobody may read the password in it.
    /// </summary>
    private static string HostAndPort(DnsEndPoint dns)
    {
        var host = dns.Host[(dns.Host.LastIndexOf('@') + 1)..];
        var scheme = host.IndexOf("://", StringComparison.Ordinal);
        host = host[(scheme < 0 ? 0 : scheme + 3)..].Split('/', '?')[0];
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{dns.Port}");
    }
}
