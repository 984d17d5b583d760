using Microsoft.Extensions.Options;

namespace CoLink.Observability.Hosting;

/// <summary>
/// The options that are checked as the host starts: the framework keeps those of the monitor and those of <see cref="IOptions{TOptions}"/>
/// apart, and would bind and check them twice.
/// </summary>
internal sealed class CheckedOptions(IOptionsMonitor<CoLinkObservabilityOptions> monitor) : IOptions<CoLinkObservabilityOptions>
{
    public CoLinkObservabilityOptions Value => monitor.CurrentValue;
}
