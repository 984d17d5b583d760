namespace CoLink.Observability.Logging.Loki;

/// <summary>Loki's times: nanoseconds since 1970.</summary>
internal static class LokiTime
{
    private const long NanosecondsPerTick = 100;

    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;

    public static DateTimeOffset From(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick);
}
