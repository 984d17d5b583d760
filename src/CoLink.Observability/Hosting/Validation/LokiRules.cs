using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CoLink.Observability.Logging.Loki;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>An address to push to.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LokiUrlAttribute : ValidationAttribute
{
    public LokiUrlAttribute() => ErrorMessage = "an address that starts with http:// or https://, such as http://loki:3100, without user, password, query and fragment";

    public override bool IsValid(object? value) => value is null || (value is string text && LokiAddress.TryParse(text, out _));
}

/// <summary>A file of PEM certificates that is there and can be read.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CertificateFileAttribute : ValidationAttribute
{
    public CertificateFileAttribute() => ErrorMessage = "the path of a readable PEM file with at least one certificate";

    public override bool IsValid(object? value)
    {
        if (value is not string path)
            return value is null;
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            return certificates.Count > 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
