using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CoLink.Observability.StackExchangeRedis;

/// <summary>An endpoint as the label <c>server</c> and log lines have it: host and port.</summary>
internal static class ServerName
{
    public static string Of(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => string.Create(CultureInfo.InvariantCulture, $"{Host(dns)}:{dns.Port}"),
        IPEndPoint ip => ip.ToString(),
        UnixDomainSocketEndPoint socket => $"unix:{socket}",
        _ => endPoint.AddressFamily.ToString(),
    };

    /// <summary>
    /// The client takes <c>redis://:password@host:6380</c> for a host of that name at the default port. It cannot be reached, but
    /// it has a name, and nobody may read the password in it.
    /// </summary>
    public static string Host(DnsEndPoint dns)
    {
        var host = dns.Host[(dns.Host.LastIndexOf('@') + 1)..];
        var scheme = host.IndexOf("://", StringComparison.Ordinal);
        return host[(scheme < 0 ? 0 : scheme + 3)..].Split('/', '?')[0];
    }
}
