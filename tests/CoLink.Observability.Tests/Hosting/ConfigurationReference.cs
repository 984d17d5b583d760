using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CoLink.Observability.Hosting.Validation;

namespace CoLink.Observability.Tests.Hosting;

/// <summary>Every option with what its XML documentation says: the source of <c>docs/configuration.md</c> and of the schema.</summary>
internal static partial class ConfigurationReference
{
    private static readonly Dictionary<string, XElement> Summaries = XDocument
        .Load(Path.ChangeExtension(typeof(CoLinkObservabilityOptions).Assembly.Location, ".xml"))
        .Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => (string)member.Attribute("name")!, member => member.Element("summary")!);

    public static IReadOnlyList<Option> Options { get; } = [.. OptionKey.All.Select(Read)];

    public static string Render()
    {
        var text = new StringBuilder("""
            # Configuration

            <!-- Rendered from the options classes and their documentation by ConfigurationReferenceTests; edit them there. -->

            Every key stands below the section `CoLink:Observability`, in `appsettings.json`, in an environment variable or in any other source of .NET's configuration. All are read once, at start.

            ```json
            {
              "CoLink": {
                "Observability": {
                  "ServiceName": "users-service",
                  "Metrics": { "Port": 9464, "AllowedNetworks": [ "10.0.0.0/8" ] }
                }
              }
            }
            ```

            - **Precedence**: the defaults, then the section (a later source wins over an earlier one, so an environment variable over a file), then the code in `AddCoLinkObservability(options => …)`.
            - **An invalid value stops the host** with a message that names the key, the value (never a secret) and what is allowed; several are named at once. A key that sets nothing is one warning at start, with the nearest key that exists.
            - **An empty text means not set.** A list is the exception: an empty text, like `[]`, is an empty list.
            - **A list in configuration replaces its default.** It is written as items (`ExcludedPaths:0`, in an environment variable `…__ExcludedPaths__0`) or as one comma-separated text, which wins over items; of regular expressions, in which a comma means something, one text is one.
            - `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` (percent-encoded, as OpenTelemetry has it), `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` and `OTEL_EXPORTER_OTLP_…`, with and without `TRACES_`, its certificates included, are honoured where the section is silent; an invalid one stops the host where it is needed. `OTEL_SDK_DISABLED=true` makes no spans, `OTEL_TRACES_EXPORTER` without `otlp` takes no endpoint from the variables, and `OTEL_BSP_…` sizes the queue of spans, which without them holds 4096 and sends 1024 at once.
            - The package brings a JSON schema, so that editors complete these keys in `appsettings.json`.

            """);

        foreach (var group in Options.GroupBy(option => option.Group))
        {
            text.Append("\n## ").Append(group.Key.Length == 0 ? "The service" : group.Key).Append("\n\n");
            text.Append("| key | type | default | meaning | allowed | environment variable |\n|---|---|---|---|---|---|\n");
            foreach (var option in group)
            {
                string[] cells = [$"`{option.Key.Name}`", option.Type, option.Default, option.Meaning, option.Key.Allowed, $"`{option.Key.EnvironmentVariable}{(option.Key.IsMap ? option.Key.IsMapOfTexts ? "__{label}" : "__{metric}" : "")}`"];
                text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
            }
        }

        return text.ToString();
    }

    private static Option Read(OptionKey key)
    {
        var member = $"P:{key.Property.DeclaringType!.FullName}.{key.Property.Name}";
        var words = Spaces().Replace(string.Concat(Summaries[member].Nodes().Select(Markdown)), " ").Trim();
        var match = DefaultSentence().Match(words);
        if (!match.Success)
            throw new InvalidOperationException($"{member} does not say its default in a sentence 'Default: ….'");
        return new Option(key, Spaces().Replace(words.Remove(match.Index, match.Length), " ").Trim(), match.Groups["value"].Value);
    }

    private static string Markdown(XNode node) => node switch
    {
        XElement { Name.LocalName: "see" } see => $"`{((string)see.Attribute("cref")!).Split('.')[^1]}`",
        XElement element => $"`{element.Value}`",
        XText text => text.Value,
        _ => "",
    };

    [GeneratedRegex(@"Default: (?<value>.+?)\.(?= [A-Z]|$)")]
    private static partial Regex DefaultSentence();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    /// <param name="Key">The key.</param>
    /// <param name="Meaning">What it does, in Markdown.</param>
    /// <param name="Default">The default in words, in Markdown.</param>
    internal sealed record Option(OptionKey Key, string Meaning, string Default)
    {
        public string Group => Key.Name.Contains(':', StringComparison.Ordinal) ? Key.Name[..Key.Name.LastIndexOf(':')] : "";

        public string Type => Key.IsMap ? Key.IsMapOfTexts ? "texts by name" : "numbers by name"
            : Key.IsList ? $"list of {(Key.Property.PropertyType == typeof(IList<int>) ? "numbers" : "texts")}"
            : Underlying == typeof(bool) ? "true or false"
            : Underlying == typeof(int) || Underlying == typeof(long) || Underlying == typeof(double) ? "number"
            : Underlying == typeof(TimeSpan) ? "time as hh:mm:ss"
            : Key.IsSecret ? "text, secret" : "text";

        public Type Underlying => Nullable.GetUnderlyingType(Key.Property.PropertyType) ?? Key.Property.PropertyType;

        /// <summary>The default as a fresh instance has it; null where it is found out at start.</summary>
        public string? DefaultInCode => Key.Get(new CoLinkObservabilityOptions()) switch
        {
            bool flag => flag ? "true" : "false",
            int number => number.ToString(CultureInfo.InvariantCulture),
            long number => number.ToString(CultureInfo.InvariantCulture),
            TimeSpan time => $"`{time}`",
            string text => $"`{text}`",
            _ => null,
        };
    }
}
