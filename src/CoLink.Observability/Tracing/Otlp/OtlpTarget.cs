using System.Globalization;

namespace CoLink.Observability.Tracing.Otlp;

/// <summary>Where spans go and how, as the section and OpenTelemetry's variables say together.</summary>
internal sealed record OtlpTarget(Uri Address, OtlpProtocol Protocol, TimeSpan Timeout, OtlpCompression Compression)
{
    /// <summary>Sent with each export, and never shown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The files of the connection's certificates.</summary>
    public OtlpCertificates Certificates { get; init; } = new(null, null, null);

    /// <summary>As an operator reads it.</summary>
    public override string ToString() => $"{Address} ({Protocol})";

    /// <summary>Whether an export of ours is asked for, by the section or by the variables.</summary>
    public static bool IsGiven(OtlpOptions options, Variables variables) =>
        options.Endpoint is not null || variables.HaveEndpoint;

    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A variable that is needed is invalid.</exception>
    public static OtlpTarget Of(OtlpOptions options, Variables variables)
    {
        var protocol = options.Protocol ?? Protocols(variables);
        return new OtlpTarget(Endpoint(options.Endpoint, protocol, variables), protocol, options.Timeout ?? Timeouts(variables), options.Compression ?? Compressions(variables))
        {
            Headers = HeadersOf(options.Headers, variables),
            Certificates = new OtlpCertificates(
                variables.FindOtlp("CERTIFICATE"), variables.FindOtlp("CLIENT_CERTIFICATE"), variables.FindOtlp("CLIENT_KEY")),
        };
    }

    private static Uri Endpoint(string? option, OtlpProtocol protocol, Variables variables)
    {
        if (option is not null)
        {
            _ = OtlpAddress.TryParse(option, out var given);
            return protocol == OtlpProtocol.Grpc ? given! : OtlpAddress.WithPathWhereItHasNone(given!);
        }

        var variable = variables.FindOtlp("ENDPOINT")!.Value;
        if (!OtlpAddress.TryParse(variable.Text, out var address))
            throw variable.Refuse(OtlpAddress.Allowed);
        return protocol == OtlpProtocol.Grpc || variable.IsForTraces ? address : OtlpAddress.BelowBase(address);
    }

    private static OtlpProtocol Protocols(Variables variables) => variables.FindOtlp("PROTOCOL") is not { } variable ? OtlpProtocol.Grpc : variable.Text switch
    {
        "grpc" => OtlpProtocol.Grpc,
        "http/protobuf" => OtlpProtocol.HttpProtobuf,
        _ => throw variable.Refuse("grpc or http/protobuf"),
    };

    private static OtlpCompression Compressions(Variables variables) => variables.FindOtlp("COMPRESSION") is not { } variable ? OtlpCompression.None : variable.Text switch
    {
        "none" => OtlpCompression.None,
        "gzip" => OtlpCompression.Gzip,
        _ => throw variable.Refuse("none or gzip"),
    };

    private static TimeSpan Timeouts(Variables variables)
    {
        if (variables.FindOtlp("TIMEOUT") is not { } variable)
            return OtlpOptions.DefaultTimeout;
        return int.TryParse(variable.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 100 and <= 300_000
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw variable.Refuse("a number of milliseconds from 100 to 300000");
    }

    private static KeyValuePair<string, string>[] HeadersOf(string? option, Variables variables)
    {
        if (option is not null)
            return OtlpHeaders.TryParse(option, out var given) ? given : [];
        if (variables.FindOtlp("HEADERS") is not { } variable)
            return [];
        return OtlpHeaders.TryParse(variable.Text, out var headers) ? headers : throw variable.Refuse(OtlpHeaders.Allowed, isSecret: true);
    }
}
