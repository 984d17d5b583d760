using System.Globalization;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>Checks every rule before the host starts; each failure names the key, the value and what is allowed.</summary>
internal sealed class OptionsValidator : IValidateOptions<CoLinkObservabilityOptions>
{
    public ValidateOptionsResult Validate(string? name, CoLinkObservabilityOptions options)
    {
        var errors = OptionKey.All.SelectMany(key => Check(key, options)).Concat(CheckTogether(options.Metrics)).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    public static string Describe(OptionKey key, object? value) =>
        $"{key.FullName} is {Show(key, value)}, but allowed is {key.Allowed}.";

    private static IEnumerable<string> Check(OptionKey key, CoLinkObservabilityOptions options)
    {
        var value = key.Get(options);
        foreach (var rule in key.Rules)
        {
            if (rule is ListAttribute list)
            {
                foreach (var offender in list.Offenders(value))
                    yield return Describe(key, offender);
            }
            else if (!rule.IsValid(value) || value is "")
            {
                yield return Describe(key, value);
                yield break;
            }
        }
    }

    private static IEnumerable<string> CheckTogether(Registry.MetricsOptions metrics)
    {
        const string Metrics = $"{OptionKey.Section}:Metrics";
        if (metrics.BasicUser is null != metrics.BasicPassword is null)
        {
            var (given, missing) = metrics.BasicUser is null ? ("BasicPassword", "BasicUser") : ("BasicUser", "BasicPassword");
            yield return $"{Metrics}:{given} is given, but {Metrics}:{missing} is not: allowed are both or neither.";
        }

        if (metrics.Policy is not null && metrics.Port is not null)
            yield return $"{Metrics}:Policy is '{metrics.Policy}' and {Metrics}:Port is {metrics.Port}, but a port of its own has no authorization services: allowed is one of the two. Guard the port with BearerToken, BasicUser or AllowedNetworks.";
    }

    private static string Show(OptionKey key, object? value) => value switch
    {
        null => "not set",
        _ when key.IsSecret => "a secret (not shown)",
        KeyValuePair<string, int> entry => $"'{entry.Key}' = {entry.Value.ToString(CultureInfo.InvariantCulture)}",
        _ => $"'{Convert.ToString(value, CultureInfo.InvariantCulture)}'",
    };
}
