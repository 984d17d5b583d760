namespace CoLink.Observability.Tracing;

/// <summary>Whose spans these are: the resource.</summary>
internal sealed record TracedService(string Name, string Namespace, string Version, string Instance, string Environment);
