using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Tests.Tracing.Otlp;

/// <summary>The files that OpenTelemetry's variables name for the connection.</summary>
[Collection(nameof(ProcessWide))]
public sealed partial class CertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("colink").FullName;
    private readonly X509Certificate2 _authority;

    public CertificateTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, false, false)]
    public async Task The_authority_is_trusted_and_the_clients_certificate_is_shown(bool authority, bool client, bool arrives)
    {
        using var serverCertificate = Issue("127.0.0.1", out _);
        using var clientCertificate = Issue("users", out var key);
        var settings = new Dictionary<string, string?>
        {
            ["CoLink:Observability:Tracing:Otlp:Protocol"] = "HttpProtobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
        };
        if (authority)
            settings["OTEL_EXPORTER_OTLP_CERTIFICATE"] = Write("ca.pem", _authority.ExportCertificatePem());
        if (client)
        {
            settings["OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"] = Write("client.pem", clientCertificate.ExportCertificatePem());
            settings["OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY"] = Write("client.key", key);
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        settings["CoLink:Observability:Tracing:Otlp:Endpoint"] = $"https://{listener.LocalEndpoint}";
        using var stopping = new CancellationTokenSource();
        var serving = ServeAsync(listener, serverCertificate, stopping.Token);
        await using (var app = await TracedApp.StartAsync(settings: settings))
        {
            await app.HelloAsync();
            if (arrives)
                await app.ScrapeUntilAsync(scrape => scrape.Spans("exported") >= 1);
            else
                await app.ScrapeUntilAsync(scrape => scrape.Failed("tls") + scrape.Failed("unreachable") >= 1);
        }

        await stopping.CancelAsync();
        var seen = await serving;
        Assert.Equal(arrives, seen.Contains("CN=users"));
    }

    private X509Certificate2 Issue(string name, out string keyPem)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (IPAddress.TryParse(name, out var address))
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(address);
            request.CertificateExtensions.Add(names.Build());
        }

        keyPem = key.ExportPkcs8PrivateKeyPem();
        using var issued = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Says yes to every request of whoever shows a certificate, and keeps the names that were shown.</summary>
    private static async Task<HashSet<string>> ServeAsync(TcpListener listener, X509Certificate2 certificate, CancellationToken stopping)
    {
        var seen = new HashSet<string>();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var connection = await listener.AcceptTcpClientAsync(stopping);
                await using var ssl = new SslStream(connection.GetStream(), false, (_, shown, _, _) => shown is not null);
                await ssl.AuthenticateAsServerAsync(certificate, clientCertificateRequired: true, checkCertificateRevocation: false);
                seen.Add(ssl.RemoteCertificate!.Subject);
                var head = await ReadHeadAsync(ssl, stopping);
                await ssl.ReadExactlyAsync(new byte[int.Parse(Length().Match(head).Groups[1].Value)], stopping);
                await ssl.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), stopping);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client does not trust us, or the test is over.
            }
        }

        return seen;
    }

    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, cancellation);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    [GeneratedRegex("(?i)content-length: ([0-9]+)")]
    private static partial Regex Length();
}
