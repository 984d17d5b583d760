using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Logging;

/// <summary>What the roads are made from.</summary>
/// <param name="Options">The room's options.</param>
/// <param name="App">The service's name.</param>
/// <param name="Namespace">What the service belongs to.</param>
/// <param name="Pod">This replica.</param>
/// <param name="Time">The host's clock.</param>
/// <param name="RedactPath">Takes the values of secret route parameters out of a path.</param>
/// <param name="Loggers">For what the roads have to say themselves.</param>
internal sealed record RoadSetup(LoggingOptions Options, string App, string Namespace, string Pod, TimeProvider Time, Func<string, string> RedactPath, ILoggerFactory Loggers);
