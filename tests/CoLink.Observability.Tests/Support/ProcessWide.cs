namespace CoLink.Observability.Tests.Support;

/// <summary>Tests that listen to the whole process, such as with OpenTelemetry: alone, so that they neither hear nor disturb the others.</summary>
[CollectionDefinition(nameof(ProcessWide), DisableParallelization = true)]
public sealed class ProcessWide;
