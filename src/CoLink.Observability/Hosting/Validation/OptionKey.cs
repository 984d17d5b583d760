using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using CoLink.Observability.Cache;
using CoLink.Observability.Database;
using CoLink.Observability.Http;
using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Registry;
using CoLink.Observability.Runtime;
using CoLink.Observability.Tracing;
using CoLink.Observability.Tracing.Otlp;
using CoLink.Observability.WebSockets;
using Microsoft.Extensions.Configuration;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>One configuration key: the property it sets, its rule and its default. The binder, the validator and the reference all walk these.</summary>
internal sealed class OptionKey
{
    private readonly PropertyInfo[] _path;

    private OptionKey(PropertyInfo[] path)
    {
        _path = path;
        Name = string.Join(':', path.Select(property => property.Name));
    }

    public const string Section = "CoLink:Observability";

    /// <summary>Every key, in the order the options declare them.</summary>
    public static IReadOnlyList<OptionKey> All { get; } = [.. Walk(typeof(CoLinkObservabilityOptions), [])];

    /// <summary>The key below the section, such as <c>Metrics:Port</c>.</summary>
    public string Name { get; }

    /// <summary>The key as an operator writes it.</summary>
    public string FullName => $"{Section}:{Name}";

    /// <summary>The key as an environment variable.</summary>
    public string EnvironmentVariable => FullName.Replace(":", "__", StringComparison.Ordinal);

    public PropertyInfo Property => _path[^1];

    public bool IsSecret => Property.IsDefined(typeof(SecretAttribute));

    public bool IsGuard => Property.IsDefined(typeof(GuardAttribute));

    public bool IsList => Property.PropertyType != typeof(string) && typeof(IEnumerable).IsAssignableFrom(Property.PropertyType);

    /// <summary>A list of texts in which a comma means something else than the next item.</summary>
    public bool HasCommas => Property.IsDefined(typeof(TextPatternsAttribute));

    public bool IsMap => IsMapOfTexts || Property.PropertyType == typeof(IDictionary<string, int>);

    public bool IsMapOfTexts => Property.PropertyType == typeof(IDictionary<string, string>);

    public IEnumerable<ValidationAttribute> Rules => Property.GetCustomAttributes<ValidationAttribute>();

    /// <summary>What the key allows, in words.</summary>
    public string Allowed => Rules.FirstOrDefault(rule => rule.ErrorMessage is not null)?.ErrorMessage ?? TypeInWords();

    public object? Get(CoLinkObservabilityOptions options) => _path.Aggregate((object?)options, (owner, property) => property.GetValue(owner));

    /// <summary>
    /// Every key with its value. Each object on the way is asked for once: a getter that is called by reflection a second time has
    /// the runtime generate code for it, which is dear at a start.
    /// </summary>
    public static IEnumerable<(OptionKey Key, object? Value)> Values(CoLinkObservabilityOptions options)
    {
        PropertyInfo[] path = [];
        var owners = new List<object> { options };
        foreach (var key in All)
        {
            var common = Math.Min(owners.Count - 1, path.AsSpan().CommonPrefixLength(key._path));
            owners.RemoveRange(common + 1, owners.Count - common - 1);
            for (var i = common; i < key._path.Length - 1; i++)
                owners.Add(key._path[i].GetValue(owners[i])!);
            path = key._path;
            yield return (key, key.Property.GetValue(owners[^1]));
        }
    }

    public void Set(CoLinkObservabilityOptions options, object? value) =>
        Property.SetValue(_path[..^1].Aggregate((object)options, (owner, property) => property.GetValue(owner)!), value);

    /// <summary>The error of a value: the key, the value unless it is a secret, and what is allowed.</summary>
    /// <param name="value">What was given, as an object or as it stands in configuration.</param>
    /// <param name="below">The item of a list or the entry of a map, where it is not the key's own value.</param>
    public string Refuse(object? value, string? below = null) =>
        $"{FullName}{(below is null ? "" : $":{below}")} is {Show(value)}, but allowed is {(IsMap || !IsList ? "" : "a list of ")}{Allowed}.";

    private string Show(object? value) => value switch
    {
        null => "not set",
        IConfigurationSection { Value: null } => "an object",
        "" or IConfigurationSection { Value: "" } => "''",
        _ when IsSecret => "a secret (not shown)",
        IConfigurationSection section => Show(section.Value),
        _ => $"'{OtlpAddress.Shown(Convert.ToString(value, CultureInfo.InvariantCulture)!)}'",
    };

    private string TypeInWords()
    {
        var type = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;
        return type == typeof(bool) ? "true or false"
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(TimeSpan) ? "a time span such as 00:00:05"
            : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
            : IsList ? "a list of texts" : "a text";
    }

    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(CoLinkObservabilityOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(MetricsOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(HttpOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(WebSocketOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(DatabaseOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(CacheOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(RedisOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(RuntimeOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(TracingOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(OtlpOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(LoggingOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(LokiOptions))]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "The properties of each class are kept by name above; a test finds one that is missing.")]
    private static IEnumerable<OptionKey> Walk(Type type, PropertyInfo[] path)
    {
        // Native code has no tokens, and the order of its properties is nobody's.
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.HasMetadataToken() ? property.MetadataToken : 0))
        {
            PropertyInfo[] here = [.. path, property];
            if (property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))
            {
                foreach (var key in Walk(property.PropertyType, here))
                    yield return key;
            }
            else
            {
                yield return new OptionKey(here);
            }
        }
    }
}
