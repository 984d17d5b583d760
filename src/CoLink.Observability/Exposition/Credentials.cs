using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CoLink.Observability.Exposition;

/// <summary>
/// The credentials a scrape must carry. Both sides are hashed before they are compared, so that neither the content nor the length
/// of a secret can be told from the time the comparison takes.
/// </summary>
internal sealed class Credentials
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    private readonly byte[]? _token;
    private readonly byte[]? _user;

    public Credentials(string? bearerToken, string? basicUser, string? basicPassword)
    {
        _token = bearerToken is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(bearerToken));
        _user = basicUser is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes($"{basicUser}:{basicPassword}"));
    }

    public bool AreRequired => _token is not null || _user is not null;

    /// <summary>What <c>WWW-Authenticate</c> asks for.</summary>
    public string[] Challenges => [.. _token is null ? Array.Empty<string>() : ["Bearer"], .. _user is null ? Array.Empty<string>() : ["Basic realm=\"metrics\", charset=\"UTF-8\""]];

    /// <summary>All that are configured must be there: a request may carry several <c>Authorization</c> headers.</summary>
    public bool Accept(IReadOnlyList<string?> authorization) =>
        (_token is null || authorization.Any(value => Is(value, Bearer, _token, TokenOf)))
        && (_user is null || authorization.Any(value => Is(value, Basic, _user, UserOf)));

    private static bool Is(string? header, string scheme, byte[] expected, Func<string, byte[]?> read)
    {
        if (header is null || !header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        var given = read(header[scheme.Length..].Trim());
        return given is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(given), expected);
    }

    private static byte[] TokenOf(string value) => Encoding.UTF8.GetBytes(value);

    private static byte[]? UserOf(string value)
    {
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(value.Length)];
        return Convert.TryFromBase64String(value, decoded, out var length) ? decoded[..length] : null;
    }
}
