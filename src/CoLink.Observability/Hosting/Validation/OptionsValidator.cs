using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting.Validation;

/// <summary>Checks every rule before the host starts; each failure names the key, the value and what is allowed.</summary>
internal sealed class OptionsValidator(IConfiguration configuration) : IValidateOptions<CoLinkObservabilityOptions>
{
    public ValidateOptionsResult Validate(string? name, CoLinkObservabilityOptions options)
    {
        // Read once more, to name what could not be read together with what breaks a rule.
        var unreadable = OptionsBinder.Bind(configuration, new CoLinkObservabilityOptions());
        string[] errors = [.. unreadable, .. OptionKey.All.SelectMany(key => Check(key, options)), .. CheckTogether(options.Metrics)];
        return errors.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Check(OptionKey key, CoLinkObservabilityOptions options)
    {
        var value = key.Get(options);
        foreach (var rule in key.Rules)
        {
            if (rule is ListAttribute list)
            {
                foreach (var offender in list.Offenders(value))
                    yield return offender is KeyValuePair<string, int> entry ? key.Refuse(entry.Value, entry.Key) : key.Refuse(offender);
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
        if (metrics.BasicUser is null != metrics.BasicPassword is null)
        {
            var (given, missing) = metrics.BasicUser is null ? ("BasicPassword", "BasicUser") : ("BasicUser", "BasicPassword");
            yield return $"{Metrics}:{given} is given, but {Metrics}:{missing} is not: allowed are both or neither.";
        }

        if (metrics.Policy is not null && metrics.Port is not null)
            yield return $"{Metrics}:Policy is '{metrics.Policy}' and {Metrics}:Port is {metrics.Port}, but a port of its own has no authorization services: allowed is one of the two. Guard the port with BearerToken, BasicUser or AllowedNetworks.";
    }
}
