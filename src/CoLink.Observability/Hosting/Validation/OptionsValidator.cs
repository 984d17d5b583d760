using CoLink.Observability.Logging;
using CoLink.Observability.Logging.Loki;
using CoLink.Observability.Logging.Redaction;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>Checks every rule before the host starts; each failure names the key, the value and what is allowed.</summary>
internal sealed class OptionsValidator : IValidateOptions<CoLinkObservabilityOptions>
{
    public ValidateOptionsResult Validate(string? name, CoLinkObservabilityOptions options)
    {
        string[] errors = [.. options.Unreadable, .. CheckEach(options), .. CheckTogether(options.Metrics), .. CheckTogether(options.Logging.Loki), .. CheckLabels(options.Logging)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> CheckEach(CoLinkObservabilityOptions options)
    {
        foreach (var (key, value) in OptionKey.Values(options))
        {
            foreach (var error in Check(key, value))
                yield return error;
        }
    }

    private static IEnumerable<string> Check(OptionKey key, object? value)
    {
        foreach (var rule in key.Rules)
        {
            if (rule is ListAttribute list)
            {
                foreach (var offender in list.Offenders(value))
                {
                    yield return offender switch
                    {
                        KeyValuePair<string, int> entry => key.Refuse(entry.Value, entry.Key),
                        KeyValuePair<string, string> entry => key.Refuse(entry.Value, entry.Key),
                        _ => key.Refuse(offender),
                    };
                }
            }
            else if (!rule.IsValid(value) || value is "")
            {
                yield return key.Refuse(value);
                yield break;
            }
        }
    }

    private static IEnumerable<string> CheckTogether(Registry.MetricsOptions metrics)
    {
        const string Metrics = $"{OptionKey.Section}:Metrics";
        if (CheckBasic(Metrics, metrics.BasicUser, metrics.BasicPassword) is { } half)
            yield return half;

        if (metrics.Policy is not null && metrics.Port is not null)
            yield return $"{Metrics}:Policy is '{metrics.Policy}' and {Metrics}:Port is {metrics.Port}, but a port of its own has no authorization services: allowed is one of the two. Guard the port with BearerToken, BasicUser or AllowedNetworks.";
    }

    private static IEnumerable<string> CheckTogether(LokiOptions loki)
    {
        const string Loki = $"{OptionKey.Section}:Logging:Loki";
        if (CheckBasic(Loki, loki.BasicUser, loki.BasicPassword) is { } half)
            yield return half;
        if (loki.BearerToken is not null && loki.BasicUser is not null)
            yield return $"{Loki}:BearerToken and {Loki}:BasicUser are both given, but a push carries one of them: allowed is one of the two.";
        if (loki.Labels.Count > StreamLabelRules.Most)
            yield return $"{Loki}:Labels has {loki.Labels.Count} labels, but allowed are at most {StreamLabelRules.Most}: Loki takes 15 a stream, and 5 are taken.";
        if (loki.WriteAhead && loki.SpoolDirectory is null)
            yield return $"{Loki}:WriteAhead is 'true', but {Loki}:SpoolDirectory is not set: allowed is true only where there is a directory to write to.";
    }

    private static IEnumerable<string> CheckLabels(LoggingOptions logging)
    {
        if (logging.Loki.Labels.Count == 0)
            yield break;
        var secrets = new SecretNames(logging.RedactedProperties ?? []);
        foreach (var (label, value) in logging.Loki.Labels)
        {
            if (StreamLabelRules.PropertyOf(value) is { } property && secrets.Contains(property))
                yield return $"{OptionKey.Section}:Logging:Loki:Labels:{label} is '{value}', but allowed is no property of {OptionKey.Section}:Logging:RedactedProperties: its values are not shown.";
        }
    }

    private static string? CheckBasic(string section, string? user, string? password)
    {
        if (user is null == password is null)
            return null;
        var (given, missing) = user is null ? ("BasicPassword", "BasicUser") : ("BasicUser", "BasicPassword");
        return $"{section}:{given} is given, but {section}:{missing} is not: allowed are both or neither.";
    }
}
