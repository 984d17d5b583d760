using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.RegularExpressions;
using CoLink.Observability.Hosting.Validation;
using CsCheck;

namespace CoLink.Observability.Tests.Hosting;

/// <summary>Values that each key must take, made from what the documentation says of it and not from its rule.</summary>
internal static partial class OptionGen
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Digits = "0123456789";
    private const string Ascii = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    private static readonly Gen<string> Word = Of(Lower, 1, 12);

    private static readonly Dictionary<string, Gen<object>> ByKey = new()
    {
        ["ServiceName"] = ServiceText,
        ["Namespace"] = ServiceText,
        ["Version"] = ServiceText,
        ["Environment"] = ServiceText,
        ["Instance"] = ServiceText,
        ["ExcludedPaths"] = List(Word.Select(Gen.OneOf("", "*", "/deeper"), (word, end) => $"/{word}{end}")),
        ["Metrics:Path"] = Gen.Select(Of(Lower + Digits + "._~-", 1, 9).Array[1, 3], parts => (object)$"/{string.Join('/', parts)}"),
        ["Metrics:BearerToken"] = Of(Ascii, 8, 60).Boxed(),
        ["Metrics:BasicUser"] = User,
        ["Metrics:BasicPassword"] = Of(Ascii + " äß漢", 8, 60).Boxed(),
        ["Metrics:Policy"] = Of(Lower + " -", 1, 20).Boxed(),
        ["Metrics:AllowedNetworks"] = List(
            Gen.OneOf(
                Gen.Select(Gen.UInt, Gen.Int[0, 32], (bits, length) => $"{new System.Net.IPAddress(Masked(bits, length))}/{length}"),
                Gen.UInt.Select(bits => new System.Net.IPAddress(Masked(bits, 32)).ToString()),
                Gen.OneOf("2001:db8::/32", "::1", "fe80::/10"))),
        ["Metrics:SeriesLimits"] = Gen.Select(Gen.Dictionary(Word.Select(word => word + "_total"), Gen.Int[1, 1_000_000])[0, 4], limits => (object)limits),
        ["Metrics:Meters"] = Names,
        ["Http:PrecreatedStatuses"] = Gen.Int[500, 599].List[0, 5].Boxed(),
        ["Tracing:Sources"] = Names,
        ["Tracing:Otlp:Endpoint"] = Address,
        ["Tracing:Otlp:Headers"] = Gen.Select(Gen.Dictionary(Word.Select(word => "x-" + word), Of(Ascii, 0, 20).Select(Uri.EscapeDataString))[1, 4], pairs => (object)string.Join(',', pairs.Select(pair => $"{pair.Key}={pair.Value}"))),
        ["Logging:RedactedProperties"] = List(Of(Lower + Digits + "_.-", 1, 20).Where(name => !"module".Contains(string.Concat(name.Where(char.IsAsciiLetterOrDigit)), StringComparison.Ordinal))),
        ["Logging:RedactedPatterns"] = List(Word.Select(Gen.OneOf(@"\bssn=[0-9]{3,9}", "(a|b),+", "(?i)secret"), (word, pattern) => word + pattern)),
        ["Logging:Loki:Url"] = Address,
        ["Logging:Loki:Tenant"] = Of(Lower + Digits + "!-_.*'()|", 1, 150).Boxed(),
        ["Logging:Loki:BearerToken"] = Of(Ascii, 1, 60).Boxed(),
        ["Logging:Loki:BasicUser"] = User,
        ["Logging:Loki:BasicPassword"] = Of(Ascii + " äß漢", 1, 60).Boxed(),
        ["Logging:Loki:CaFile"] = Gen.Int[0, 0].Select(_ => TestCertificate).Boxed(),
        ["Logging:Loki:Labels"] = Gen.Select(Gen.Dictionary(Word.Select(word => word + "_zone"), Gen.OneOf(Of(Lower + " -äß", 1, 30), Gen.Const("{Module}")))[0, 4], labels => (object)labels),
        ["Logging:Loki:SpoolDirectory"] = Of(Lower + "/ .-", 1, 40).Boxed(),
        ["Logging:Loki:SpoolMaxBytes"] = Gen.Long[8_388_608, 1_099_511_627_776].Boxed(),
    };

    /// <summary>A file with a certificate, made once by the tests that use it.</summary>
    public static string TestCertificate { get; set; } = string.Empty;

    private static Gen<object> ServiceText => Of(Lower + Digits + " -_./:,;@'\"{}\\äé漢", 1, 255).Boxed();

    private static Gen<object> User => Of(Lower + Digits + "@-_ äß", 1, 30).Boxed();

    private static Gen<object> Address => Gen.Select(Gen.OneOf("http", "https", "HTTP"), Word, Gen.Int[1, 65535], Gen.OneOf("", "/", "/base", "/a/b/"), (scheme, host, port, path) => (object)$"{scheme}://{host}:{port}{path}");

    private static Gen<object> Names => List(Word.Select(Gen.OneOf("", ".*", "*", ".Http", "-a/b_9"), (word, end) => word + end));

    public static Gen<object> Valid(OptionKey key)
    {
        if (ByKey.TryGetValue(key.Name, out var known))
            return known;
        var type = Nullable.GetUnderlyingType(key.Property.PropertyType) ?? key.Property.PropertyType;
        var range = key.Rules.OfType<RangeAttribute>().SingleOrDefault();
        return type == typeof(bool) ? Gen.Bool.Boxed()
            : type.IsEnum ? Gen.OneOf(Enum.GetValues(type).Cast<object>().ToArray())
            : type == typeof(int) ? Gen.Int[(int)range!.Minimum, (int)range.Maximum].Boxed()
            : type == typeof(double) ? Gen.Double[(double)range!.Minimum, (double)range.Maximum].Boxed()
            : type == typeof(TimeSpan) ? Time(key.Allowed)
            : throw new InvalidOperationException($"{key.Name} has no values to try: add them here.");
    }

    /// <summary>A value as configuration holds it, the key below it for each part.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Write(OptionKey key, object value) => value switch
    {
        IEnumerable<KeyValuePair<string, string>> map => map.Select(entry => KeyValuePair.Create($"{key.FullName}:{entry.Key}", (string?)entry.Value)),
        IEnumerable<KeyValuePair<string, int>> map => map.Select(entry => KeyValuePair.Create($"{key.FullName}:{entry.Key}", (string?)Text(entry.Value))),
        string text => [KeyValuePair.Create(key.FullName, (string?)text)],
        System.Collections.ICollection { Count: 0 } => [KeyValuePair.Create(key.FullName, (string?)"")],
        System.Collections.IEnumerable list => list.Cast<object>().Select((item, i) => KeyValuePair.Create($"{key.FullName}:{i}", (string?)Text(item))),
        _ => [KeyValuePair.Create(key.FullName, (string?)Text(value))],
    };

    private static string Text(object value) => value is double number ? number.ToString("R", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static Gen<object> Time(string allowed)
    {
        var bounds = Bounds().Match(allowed);
        long Ticks(string name) => TimeSpan.Parse(bounds.Groups[name].Value, CultureInfo.InvariantCulture).Ticks;
        return Gen.Long[Ticks("least"), Ticks("most")].Select(ticks => (object)TimeSpan.FromTicks(ticks));
    }

    private static Gen<string> Of(string characters, int least, int most) => Gen.Char[characters].Array[least, most].Select(found => new string(found));

    private static Gen<object> List(Gen<string> item) => item.List[0, 12].Boxed();

    private static byte[] Masked(uint bits, int length)
    {
        var masked = BitConverter.GetBytes(length == 0 ? 0 : bits & (uint.MaxValue << (32 - length)));
        Array.Reverse(masked);
        return masked;
    }

    private static Gen<object> Boxed<T>(this Gen<T> gen) => gen.Select(value => (object)value!);

    [GeneratedRegex("from (?<least>[0-9:.]+) to (?<most>[0-9:.]+)")]
    private static partial Regex Bounds();
}
