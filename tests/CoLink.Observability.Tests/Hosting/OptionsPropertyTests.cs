using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CoLink.Observability.Hosting.Validation;
using CsCheck;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Tests.Hosting;

public sealed class OptionsPropertyTests : IDisposable
{
    private const string Secret = "s3cr3t";

    /// <summary>What people write by mistake, and what a program might: mixed with any UTF-16.</summary>
    private static readonly Gen<string> Anything = Gen.OneOf(
        Gen.Char.Array[0, 30].Select(characters => new string(characters)),
        Gen.Double.Select(number => number.ToString("R", CultureInfo.InvariantCulture)),
        Gen.Long.Select(number => $"{number}"),
        Gen.Int[-5, 700].Select(number => $"{number}"),
        Gen.OneOf(
            "", " ", "true", "TRUE ", "yes", "1", "-1", "0x10", "#50", "1e3", "NaN", "∞", "99999999999999999999", "15", "15s", "00:00:15", "24:00:00", "10675199.02:48:05.4775808", "Json,Text", "json", "Grpc", "http/protobuf",
            "/", "/metrics", "/a b", "/health*", "*", "10.0.0.0/8", "10.0.0.1/8", "999.0.0.1", "::/129", "a,b", ",", "a=b", "a=%zz", "=", "http://", "http://[", "http://loki:99999", "https://loki/?a#b", "file:///etc/passwd", "(", "(?=a)", "a*", "[", "\\", "{", "{}", "{Id}", "\uD800", "two\nlines"));

    private readonly string _certificate = Path.GetTempFileName();

    public OptionsPropertyTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        File.WriteAllText(_certificate, certificate.ExportCertificatePem());
        OptionGen.TestCertificate = _certificate;
    }

    public void Dispose() => File.Delete(_certificate);

    [Fact]
    public void Any_values_that_are_allowed_are_bound_as_given_and_survive_being_written_again() =>
        Given.Sample(
            given =>
            {
                var options = Bind(given.SelectMany(one => OptionGen.Write(one.Key, one.Value)));
                Assert.Empty(Errors(options));
                AssertHas(options, given);

                // Not the empty ones: what is not set is not written.
                var bound = OptionKey.Values(options).Where(one => one.Value is not null and not ICollection { Count: 0 } || given.Any(key => key.Key == one.Key)).Select(one => (one.Key, one.Value!)).ToArray();
                var again = Bind(bound.SelectMany(one => OptionGen.Write(one.Key, one.Item2)));
                Assert.Empty(Errors(again));
                AssertHas(again, bound);
            },
            iter: 800);

    [Fact]
    public void One_text_is_as_good_as_a_list_of_what_has_no_comma() =>
        Gen.OneOf(OptionKey.All.Where(key => key is { IsList: true, IsMap: false, HasCommas: false, IsGuard: false }).ToArray())
            .SelectMany(key => OptionGen.Valid(key).Select(value => (Key: key, Value: (IEnumerable)value)))
            .Sample(one => AssertSame(one.Value, one.Key.Get(Bind([new(one.Key.FullName, string.Join(" , ", one.Value.Cast<object>()))]))), iter: 500);

    [Fact]
    public void Anything_else_is_refused_by_its_key_its_value_and_what_is_allowed_or_bound_as_given() =>
        Gen.Select(Gen.OneOf([.. OptionKey.All]), Gen.OneOf("", ":0", ":name", ":0:deep"), Anything).Sample(
            (key, below, text) =>
            {
                var options = Bind([new(key.FullName + below, text)]);
                var errors = Errors(options).ToArray();
                if (errors.Length > 0)
                    Assert.All(errors, error => AssertNames(error, key, below.Length == 0 ? text : null));
                else if (below.Length == 0 && !key.IsList)
                    AssertSame(text.Length == 0 ? key.Get(new()) : Parsed(key, text), key.Get(options));
            },
            iter: 6000);

    [Fact]
    public void A_secret_is_in_no_error_wherever_it_stands_and_whatever_stands_around_it() =>
        Gen.Select(
            Gen.OneOf(OptionKey.All.Where(key => key.IsSecret || key.Name is "Logging:Loki:Url" or "Tracing:Otlp:Endpoint").ToArray()),
            Gen.OneOf("", ":0", $":{Secret}", $":{Secret}:0"), Anything, Anything, Gen.OneOf("http://user:", "http:///", "user:", "https://a//b:", ""),
            (key, below, before, after, start) => (key, below, Text: key.IsSecret ? before + Secret + after : $"{start}{Letters(before)}{Secret}{Letters(after)}@loki:3100{before}"))
        .Sample(
            one => Assert.All(Errors(Bind([new(one.key.FullName + one.below, one.Text)])), error => Assert.DoesNotContain(Secret, error)),
            iter: 2000);

    [Fact]
    public void Every_key_has_values_to_try() => Assert.All(OptionKey.All, key => Assert.NotNull(OptionGen.Valid(key)));

    /// <summary>Some keys with a value each, without what excludes each other.</summary>
    private static Gen<(OptionKey Key, object Value)[]> Given => Gen.OneOf([.. OptionKey.All])
        .SelectMany(key => OptionGen.Valid(key).Select(value => (Key: key, Value: value))).Array[1, 12]
        .Select(all => Fitting(all.DistinctBy(one => one.Key).ToArray()));

    private static (OptionKey Key, object Value)[] Fitting((OptionKey Key, object Value)[] given)
    {
        bool Has(string name) => given.Any(one => one.Key.Name == name);
        bool hasMetricsUser = Has("Metrics:BasicUser") && Has("Metrics:BasicPassword"), hasLokiUser = Has("Logging:Loki:BasicUser") && Has("Logging:Loki:BasicPassword");
        bool hasPolicy = Has("Metrics:Policy"), hasSpool = Has("Logging:Loki:SpoolDirectory");
        return
        [
            .. given.Where(one => one.Key.Name switch
            {
                "Metrics:BasicUser" or "Metrics:BasicPassword" => hasMetricsUser,
                "Logging:Loki:BasicUser" or "Logging:Loki:BasicPassword" => hasLokiUser,
                "Logging:Loki:BearerToken" => !hasLokiUser,
                "Metrics:Port" => !hasPolicy,
                "Metrics:AllowedNetworks" => one.Value is ICollection { Count: > 0 },
                "Logging:Loki:WriteAhead" => hasSpool || one.Value is false,
                _ => true,
            }),
        ];
    }

    private static CoLinkObservabilityOptions Bind(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var options = new CoLinkObservabilityOptions();
        OptionsBinder.Bind(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), options);
        return options;
    }

    private static IEnumerable<string> Errors(CoLinkObservabilityOptions options) =>
        new OptionsValidator().Validate(Options.DefaultName, options) is { Failed: true, Failures: var failures } ? failures : [];

    private static object? Parsed(OptionKey key, string text)
    {
        var type = Nullable.GetUnderlyingType(key.Property.PropertyType) ?? key.Property.PropertyType;
        var culture = CultureInfo.InvariantCulture;
        return type == typeof(string) ? text : type.IsEnum ? Enum.Parse(type, text, ignoreCase: true) : type == typeof(TimeSpan) ? TimeSpan.Parse(text, culture) : Convert.ChangeType(text.Trim(), type, culture);
    }

    /// <summary>Two keys that need each other are named by what is missing, not by the value.</summary>
    private static void AssertNames(string error, OptionKey key, string? text)
    {
        Assert.Contains(key.FullName, error);
        Assert.Contains("allowed", error);
        if (text is null || key.IsSecret || key.IsList || error.Contains("is given", StringComparison.Ordinal))
            return;
        var at = text.LastIndexOf('@');
        Assert.True(error.Contains($"{(at > 0 ? text[at..] : text)}'", StringComparison.Ordinal) || error.Contains($"'{Convert.ToString(Parsed(key, text), CultureInfo.InvariantCulture)}'", StringComparison.OrdinalIgnoreCase), error);
        Assert.True(error.Contains(key.Allowed, StringComparison.Ordinal) || key.Name == "Logging:Loki:WriteAhead", error);
    }

    private static void AssertHas(CoLinkObservabilityOptions options, (OptionKey Key, object Value)[] given)
    {
        var defaults = new CoLinkObservabilityOptions();
        foreach (var (key, value) in OptionKey.Values(options))
            AssertSame(given.FirstOrDefault(one => one.Key == key).Value ?? key.Get(defaults), value);
    }

    private static void AssertSame(object? expected, object? actual)
    {
        if (expected is IDictionary map)
            Assert.Equal(map.Cast<object>().ToHashSet(), ((IEnumerable)actual!).Cast<object>().ToHashSet());
        else if (expected is IEnumerable and not string)
            Assert.Equal(((IEnumerable)expected).Cast<object>(), ((IEnumerable)actual!).Cast<object>());
        else
            Assert.Equal(expected, actual);
    }

    private static string Letters(string text) => new([.. text.Where(character => character != '@')]);
}
