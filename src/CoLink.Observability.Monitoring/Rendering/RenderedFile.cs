namespace CoLink.Observability.Monitoring.Rendering;

/// <summary>A file of the monitoring directory.</summary>
/// <param name="Path">Below the directory, with forward slashes.</param>
internal sealed record RenderedFile(string Path, string Content);
