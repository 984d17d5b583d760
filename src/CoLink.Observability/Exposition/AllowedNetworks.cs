using System.Net;

namespace CoLink.Observability.Exposition;

/// <summary>The networks that may scrape. The connection's peer counts; a forwarded header can be forged.</summary>
internal sealed class AllowedNetworks
{
    private static readonly IPNetwork[] PrivateNetworks =
    [
        // RFC 1918, RFC 6598 (carrier-grade NAT, which clouds use inside), RFC 3927, RFC 4193, RFC 4291 and the loopback.
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("::1/128"),
    ];

    private readonly IPNetwork[] _networks;

    public AllowedNetworks(IEnumerable<string> networks) =>
        _networks = [.. networks.Select(text => TryParse(text, out var network) ? network : throw new FormatException($"'{text}' is no network."))];

    public bool IsOpen => _networks.Length == 0;

    /// <summary>An unknown peer, such as one on a Unix socket, is in no network.</summary>
    public bool Contains(IPAddress? peer) => IsOpen || (peer is not null && Any(_networks, peer));

    public static bool IsPublic(IPAddress? peer) => peer is not null && !Any(PrivateNetworks, peer);

    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }

        // The parser clears host bits in silence, but 10.0.0.1/8 is more often a slip for /32 than meant.
        return IPNetwork.TryParse(text, out network)
            && IPAddress.TryParse(text.AsSpan(0, text.IndexOf('/')), out var given) && given.Equals(network.BaseAddress);
    }

    private static bool Any(IPNetwork[] networks, IPAddress peer)
    {
        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return Array.Exists(networks, network => network.Contains(address));
    }
}
