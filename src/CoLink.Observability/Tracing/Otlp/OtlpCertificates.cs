using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CoLink.Observability.Tracing.Otlp;

/// <summary>The certificates of the connection to the collector, from the files that OpenTelemetry's variables name.</summary>
/// <param name="Authority">Authorities that the collector's certificate may come from, instead of the machine's.</param>
/// <param name="Client">The certificate that the collector may ask for.</param>
/// <param name="ClientKey">Its key, where it is in a file of its own.</param>
internal sealed record OtlpCertificates(Variables.Variable? Authority, Variables.Variable? Client, Variables.Variable? ClientKey)
{
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A file cannot be read.</exception>
    public void Configure(SslClientAuthenticationOptions ssl)
    {
        if (Authority is { } authority)
        {
            var roots = Read(authority, "the path of a readable PEM file with at least one certificate", path =>
            {
                var certificates = new X509Certificate2Collection();
                certificates.ImportFromPemFile(path);
                return certificates.Count > 0 ? certificates : throw new CryptographicException("The file holds no certificate.");
            });
            ssl.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            ssl.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        if (Client is { } client)
        {
            var key = ClientKey?.Text;
            ssl.ClientCertificates = [Read(client, "the path of a readable PEM file with a certificate, and its key there or in the file of the variable CLIENT_KEY", path => Usable(path, key))];
        }
    }

    /// <summary>Windows makes no connection with a key that was only read.</summary>
    private static X509Certificate2 Usable(string path, string? key)
    {
        using var read = X509Certificate2.CreateFromPemFile(path, key);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
    }

    private static T Read<T>(Variables.Variable variable, string allowed, Func<string, T> read)
    {
        try
        {
            return read(variable.Text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw variable.Refuse(allowed);
        }
    }
}
