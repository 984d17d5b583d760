using CoLink.Observability.Catalogue;
using Microsoft.Extensions.Logging;

namespace CoLink.Observability.Hosting;

/// <summary>Event ids 140 to 159.</summary>
internal static partial class Log
{
    [LoggerMessage(140, LogLevel.Information, "CoLink.Observability {LibraryVersion} for {Service}: metrics at {Metrics}; traces: {Traces}; logs: {Logs}; on: {On}; off: {Off}.")]
    public static partial void Started(ILogger logger, string libraryVersion, string service, string metrics, string traces, string logs, string on, string off);

    [LoggerMessage(141, LogLevel.Warning, "Configuration key {Key} sets nothing; did you mean CoLink:Observability:{Nearest}? docs/configuration.md lists every key.")]
    public static partial void UnknownKey(ILogger logger, string key, string nearest);

    [LoggerMessage(142, LogLevel.Warning, "Not observed: {Observers}. The host's builder did not announce that it builds, so the services registered after AddCoLinkObservability could not be seen; " + SelfCatalogue.SourceActiveName + " says 0. WebApplication.CreateBuilder and Host.CreateApplicationBuilder announce it.")]
    public static partial void FinalServicesUnseen(ILogger logger, string observers);

    [LoggerMessage(143, LogLevel.Warning, "Standard output keeps the app's console provider and has no lines of CoLink.Observability. The host's builder did not announce that it builds, so the provider could not be taken away, and every event would stand there twice. WebApplication.CreateBuilder and Host.CreateApplicationBuilder announce it.")]
    public static partial void ConsoleUnreachable(ILogger logger);

    [LoggerMessage(144, LogLevel.Warning, "No log event reaches CoLink.Observability: the app's logger factory, {Factory}, asks no provider for a logger, and it is not one that another can be put beside; " + SelfCatalogue.SourceActiveName + " says 0. Nothing is pushed to Loki.")]
    public static partial void LogsUnheard(ILogger logger, string factory);
}
