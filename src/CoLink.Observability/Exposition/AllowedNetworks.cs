using System.Net;

namespace CoLink.Observability.Exposition;

/// <summary>The networks that may scrape. The connection's peer counts; a forwarded header can be forged.</summary>
internal sealed class AllowedNetworks
{
    private const int MappedPrefixBits = 96;

    private static readonly IPNetwork[] PrivateNetworks =
    [
        // RFC 1918, RFC 6598 (carrier-grade NAT, which clouds use inside), RFC 3927, RFC 4193, RFC 4291 and the loopback.
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("::1/128"),
    ];

    private readonly IPNetwork[] _networks;

    public AllowedNetworks(IEnumerable<string> networks)
    {
        string[] texts = [.. networks];
        _networks = new IPNetwork[texts.Length];
        for (var i = 0; i < texts.Length; i++)
            _networks[i] = TryParse(texts[i], out var network) ? network : throw new FormatException($"'{texts[i]}' is no network.");
    }

    public bool IsOpen => _networks.Length == 0;

    /// <summary>An unknown peer, such as one on a Unix socket, is in no network.</summary>
    public bool Contains(IPAddress? peer) => IsOpen || (peer is not null && Any(_networks, peer));

    public static bool IsPublic(IPAddress? peer) => peer is not null && !Any(PrivateNetworks, peer);

    /// <summary>Stricter than the runtime, which reads "10" as 0.0.0.10, "010.0.0.1" as 8.0.0.1 and drops the host bits of "10.0.0.1/8".</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var prefix = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(prefix, out var address) || (!prefix.Contains(':', StringComparison.Ordinal) && prefix != address.ToString()))
            return false;
        if (slash < 0)
            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        else if (!IPNetwork.TryParse(text, out network) || !network.BaseAddress.Equals(address))
            return false;

        // A peer is compared as IPv4 where it is one, so a network of mapped addresses is read as theirs.
        if (network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefixBits)
            network = new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefixBits);
        return true;
    }

    private static bool Any(IPNetwork[] networks, IPAddress peer)
    {
        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return Array.Exists(networks, network => network.Contains(address));
    }
}
