using Serilog.Core;

namespace CoLink.Observability.Logging;

/// <summary>Standard output.</summary>
/// <param name="Format">What stands there.</param>
/// <param name="Sink">Takes an event, at once.</param>
/// <param name="Written">How many events were written.</param>
/// <param name="Dropped">How many were not, because nobody reads, or the stream is gone.</param>
/// <param name="StopAsync">Writes what waits, within a bound of its own.</param>
internal sealed record ConsoleRoad(ConsoleFormat Format, ILogEventSink Sink, Func<long> Written, Func<long> Dropped, Func<Task> StopAsync);

/// <summary>Opens standard output.</summary>
internal delegate ConsoleRoad OpenConsole(ConsoleFormat format, RoadSetup setup);
