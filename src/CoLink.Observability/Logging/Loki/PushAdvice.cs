namespace CoLink.Observability.Logging.Loki;

/// <summary>What an operator may look at, where an answer will be the same until somebody does.</summary>
internal static class PushAdvice
{
    private const string Section = "CoLink:Observability:Logging:Loki";

    public const string ForCertificate = $"its certificate is not trusted; look at {Section}:CaFile, and whether the name in Url is the certificate's";

    public static string For(int status) => status switch
    {
        401 or 403 => $"look at {Section}:BearerToken, BasicUser, BasicPassword and Tenant",
        404 or 405 => $"there is no push API at {Section}:Url; look at its path",
        >= 300 and < 400 => $"it points elsewhere, and credentials do not follow; set {Section}:Url to where it points",
        _ => $"that is no answer of Loki's to a push; look at {Section}:Url",
    };
}
