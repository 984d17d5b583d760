using CoLink.Observability.Tracing;
using CoLink.Observability.Tracing.Otlp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Tracing.Otlp;

public sealed class OtlpTargetTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    /// <summary>The endpoint of the section, the protocol, the variable and its value, where the export goes.</summary>
    public static TheoryData<string?, OtlpProtocol, string, string, string> Addresses { get; } = new()
    {
        { "http://collector:4317", OtlpProtocol.Grpc, "", "", "http://collector:4317/" },
        { "http://collector:4318", OtlpProtocol.HttpProtobuf, "", "", "http://collector:4318/v1/traces" },
        { "http://collector:4318/", OtlpProtocol.HttpProtobuf, "", "", "http://collector:4318/v1/traces" },
        { "https://gateway/otlp/v1/traces", OtlpProtocol.HttpProtobuf, "", "", "https://gateway/otlp/v1/traces" },
        { "https://gateway/otlp", OtlpProtocol.HttpProtobuf, "", "", "https://gateway/otlp" },
        { "http://section:4317", OtlpProtocol.Grpc, Endpoint, "http://variable:4317", "http://section:4317/" },
        { null, OtlpProtocol.Grpc, Endpoint, "http://variable:4317", "http://variable:4317/" },
        { null, OtlpProtocol.HttpProtobuf, Endpoint, "http://variable:4318", "http://variable:4318/v1/traces" },
        { null, OtlpProtocol.HttpProtobuf, Endpoint, "https://gateway/otlp/", "https://gateway/otlp/v1/traces" },
        { null, OtlpProtocol.HttpProtobuf, Endpoint, "https://gateway/v1/traces", "https://gateway/v1/traces" },
        { null, OtlpProtocol.HttpProtobuf, TracesEndpoint, "https://gateway/otlp", "https://gateway/otlp" },
        { null, OtlpProtocol.HttpProtobuf, TracesEndpoint, "https://gateway", "https://gateway/" },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public void The_path_is_added_where_somebody_meant_none(string? option, OtlpProtocol protocol, string variable, string value, string address) =>
        Assert.Equal(address, Of(new OtlpOptions { Endpoint = option, Protocol = protocol }, (variable, value)).Address.ToString());

    [Fact]
    public void What_neither_says_has_a_default()
    {
        var target = Of(new OtlpOptions { Endpoint = "http://collector:4317" });

        Assert.Equal((OtlpProtocol.Grpc, TimeSpan.FromSeconds(10), OtlpCompression.None), (target.Protocol, target.Timeout, target.Compression));
        Assert.Empty(target.Headers);
    }

    [Fact]
    public void The_variable_for_traces_wins_over_that_of_all_signals_and_the_section_over_both()
    {
        (string, string)[] variables =
        [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2000"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=1"), ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=2"), (Endpoint, "http://c"),
        ];

        var target = Of(new OtlpOptions(), variables);
        Assert.Equal((OtlpProtocol.HttpProtobuf, TimeSpan.FromSeconds(2), OtlpCompression.Gzip), (target.Protocol, target.Timeout, target.Compression));
        Assert.Equal(new KeyValuePair<string, string>("a", "2"), Assert.Single(target.Headers));

        target = Of(new OtlpOptions { Endpoint = "http://c", Protocol = OtlpProtocol.Grpc, Timeout = TimeSpan.FromSeconds(3), Compression = OtlpCompression.None, Headers = "b=3" }, variables);
        Assert.Equal((OtlpProtocol.Grpc, TimeSpan.FromSeconds(3), OtlpCompression.None), (target.Protocol, target.Timeout, target.Compression));
        Assert.Equal(new KeyValuePair<string, string>("b", "3"), Assert.Single(target.Headers));
    }

    [Theory]
    [InlineData("", "", "", false)]
    [InlineData("http://c", "", "none", true)]
    [InlineData("", "http://c", "", true)]
    [InlineData("", "http://c", "otlp", true)]
    [InlineData("", "http://c", "console, otlp", true)]
    [InlineData("", "http://c", "none", false)]
    [InlineData("", "  ", "", false)]
    public void An_endpoint_is_given_by_the_section_or_by_a_variable_that_may_give_one(string option, string variable, string exporters, bool isGiven) =>
        Assert.Equal(isGiven, OtlpTarget.IsGiven(new OtlpOptions { Endpoint = option.Length == 0 ? null : option }, Variables((Endpoint, variable), ("OTEL_TRACES_EXPORTER", exporters))));

    [Theory]
    [InlineData("authorization=Basic dXNlcjpwYXNz==", "authorization: Basic dXNlcjpwYXNz==")]
    [InlineData("a=1,b=2", "a: 1|b: 2")]
    [InlineData(" a = 1 , b = 2 ,", "a: 1|b: 2")]
    [InlineData("a=one%2Ctwo%20three", "a: one,two three")]
    [InlineData("a=", "a: ")]
    [InlineData("a", null)]
    [InlineData("=1", null)]
    [InlineData("a=1,A=2", null)]
    [InlineData("a b=1", null)]
    [InlineData("a=\u00fc", null)]
    [InlineData("a=%0D%0Ab:1", null)]
    [InlineData("content-length=5", null)]
    public void Headers_are_pairs_with_encoded_values(string text, string? headers)
    {
        Assert.Equal(headers is not null, OtlpHeaders.TryParse(text, out var parsed));
        if (headers is not null)
            Assert.Equal(headers, string.Join('|', parsed!.Select(header => $"{header.Key}: {header.Value}")));
    }

    [Fact]
    public void What_is_shown_of_it_has_no_header() =>
        Assert.Equal("http://c/ (Grpc)", Of(new OtlpOptions { Endpoint = "http://c", Headers = "authorization=s3cr3t" }).ToString());

    [Theory]
    [InlineData("http://user:s3cr3t@c:4318")]
    [InlineData("user:s3cr3t@c:4318")]
    public void A_password_in_the_variable_of_the_address_is_not_shown(string address)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Of(new OtlpOptions(), (Endpoint, address)));

        Assert.Contains($"{Endpoint} is '", refused.Message);
        Assert.Contains("(not shown)@c:4318', but allowed is an address", refused.Message);
        Assert.DoesNotContain("s3cr3t", refused.Message);
    }

    private static OtlpTarget Of(OtlpOptions options, params (string Name, string Value)[] variables) => OtlpTarget.Of(options, Variables(variables));

    private static Variables Variables(params (string Name, string Value)[] variables) => new(new ConfigurationBuilder()
        .AddInMemoryCollection(variables.Where(variable => variable.Name.Length > 0).Select(variable => KeyValuePair.Create(variable.Name, (string?)variable.Value))).Build());
}
